# shellcheck shell=sh
# What RPM and dpkg run around the files of AutoSSL Doctor: this text at all four moments, and below it the moment's name.
# There is no percent sign in it, because RPM would take that for a macro. POSIX sh; a failure ends the transaction.
set -eu

version='@VERSION@'
directory=/opt/autossl-doctor
data=/var/lib/autossl-doctor
logs=/var/log/autossl-doctor

# RPM hands over how many versions there will be afterwards (0, 1 or more), dpkg its own words. Whatever is not named
# here asks nothing of us: an upgrade's old version undoes nothing, and a broken-off upgrade has undone nothing.
at() {
    case "$1 ${2:-}" in
        "before files "[1-9]* | "before files install" | "before files upgrade") refuse_what_cannot_work ;;
        "after files "[1-9]* | "after files configure" | "after files abort-remove") set_up ;;
        "before removal 0" | "before removal remove") undo ;;
        "after removal purge") forget ;;
    esac
}

# The files of the version that is there are still in their place, whoever brought them.
refuse_what_cannot_work() {
    if [ ! -e /usr/local/cpanel/version ]; then
        echo "This machine has no cPanel & WHM, so AutoSSL Doctor was not installed." >&2
        exit 1
    fi
    [ -e "$directory/release/VERSION" ] || return 0
    there=$(cat "$directory/release/VERSION")
    newer=$({ echo "$version"; echo "$there"; } | sort -V | tail -n 1)
    if [ "$newer" != "$version" ]; then
        echo "AutoSSL Doctor $there is installed, and this is $version: what the newer one has written may not be readable for the older one, so nothing was changed. To go back all the same, first remove the newer one (its package, or with $directory/release/uninstall.sh where no package brought it), and then its reports and memory: rm -rf $data" >&2
        exit 1
    fi
}

set_up() {
    status=0
    "$directory/release/install.sh" --package || status=$?
    if [ "$status" -ne 0 ]; then
        echo "AutoSSL Doctor is not set up yet. When the reason above is out of the way, $directory/release/install.sh --package goes on from there." >&2
        exit "$status"
    fi
}

undo() {
    if [ -e "$directory/release/uninstall.sh" ]; then
        "$directory/release/uninstall.sh" --package
    else
        echo "$directory/release/uninstall.sh is gone, so only the package's own files are removed." >&2
    fi
}

# dpkg purges when every file is gone, so this needs none. RPM knows no such moment.
forget() {
    rm -rf -- "$data" "$logs"
}
