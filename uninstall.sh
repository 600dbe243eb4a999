#!/bin/sh
# Removes AutoSSL Doctor from a cPanel & WHM server, and what `./install.sh --demo` made. Plain shell in one file: it needs
# no Python and none of the other files, goes on where something is gone already, and removes only what was put there.
set -u
here=$(cd "$(dirname -- "$0")" && pwd -P)

# made from cpanel_plugin.yaml
id=autossl_doctor
icon_directory=/opt/autossl-doctor/cpanel-plugin
icon_place=/usr/local/cpanel/base/frontend/jupiter/dynamicui/dynamicui_autossl_doctor.conf
units='
autossl-doctor-follow.socket
autossl-doctor-follow.path
autossl-doctor-follow.timer
autossl-doctor-probe.path
autossl-doctor-follow.service
autossl-doctor-probe.service
autossl-doctor-repair.service
'
hooks='
/opt/autossl-doctor/libexec/hook
/opt/autossl-doctor/libexec/after-panel-update
'
files='
/usr/local/cpanel/base/frontend/jupiter/autossl_doctor/index.live.cgi
/usr/local/cpanel/base/frontend/jupiter/autossl_doctor/progress.live.cgi
/usr/local/cpanel/base/frontend/jupiter/autossl_doctor/assets/owner.css
/usr/local/cpanel/base/frontend/jupiter/autossl_doctor/assets/owner.js
/opt/autossl-doctor/cpanel-plugin/install.json
/opt/autossl-doctor/cpanel-plugin/autossl_doctor.svg
/opt/autossl-doctor/libexec/autossl-doctor
/opt/autossl-doctor/libexec/hook
/opt/autossl-doctor/libexec/after-panel-update
/etc/systemd/system/autossl-doctor-follow.service
/etc/systemd/system/autossl-doctor-follow.path
/etc/systemd/system/autossl-doctor-follow.timer
/etc/systemd/system/autossl-doctor-follow.socket
/etc/systemd/system/autossl-doctor-probe.service
/etc/systemd/system/autossl-doctor-probe.path
/etc/systemd/system/autossl-doctor-repair.service
/etc/logrotate.d/autossl-doctor
/usr/local/bin/autossl-doctor
/usr/local/cpanel/whostmgr/addonfeatures/autossl_doctor
'
# as far as here

program=/opt/autossl-doctor
state=/var/lib/autossl-doctor
logs=/var/log/autossl-doctor
run=/run/autossl-doctor
lock=/run/autossl-doctor.lock
panel=/usr/local/cpanel

usage() {
    cat <<'TEXT'
Usage: ./uninstall.sh [--purge]
       ./uninstall.sh --help

Removes AutoSSL Doctor from this server: services, hooks, the icon, the page, the feature and the
program. The reports and the memory in /var/lib/autossl-doctor and the installer's log in
/var/log/autossl-doctor stay. In a checkout it also removes what ./install.sh --demo made there:
.venv and .demo. Packages of the system, such as git and Python, stay.

  --purge    remove the reports, the memory and the log as well
  --package  called by the RPM and deb packages: leave their own files to them
  --help     this text

Exit status: 0 done, or nothing to remove; 64 wrong usage; 69 not root, or a package's; 70 something could not be removed.
TEXT
}

purge=no
package=no
for option in "$@"; do
    case $option in
        --purge) purge=yes ;;
        --package) package=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            printf 'uninstall.sh: unknown option: %s\n' "$option" >&2
            usage >&2
            exit 64
            ;;
    esac
done

removed=''
trouble=no

remove() {
    if [ -e "$1" ] || [ -L "$1" ]; then
        if rm -rf -- "$1"; then
            removed="$removed $2"
        else
            complain "$1 could not be removed."
        fi
    fi
}

complain() {
    printf 'uninstall.sh: %s\n' "$1" >&2
    trouble=yes
}

# Each thing is said once, however many files it has.
note() {
    case " $removed " in
        *" $1 "*) ;;
        *) removed="$removed $1" ;;
    esac
}

# A unit whose file is gone may still be at work, and the link that starts it with the server may still be there.
stop_units() {
    for unit in $units; do
        known=no
        [ ! -e "/etc/systemd/system/$unit" ] || known=yes
        for link in /etc/systemd/system/*.wants/"$unit"; do
            [ ! -L "$link" ] || known=yes
        done
        [ "$known" = yes ] || continue
        /usr/bin/systemctl --quiet disable --now "$unit" >/dev/null 2>&1 || /usr/bin/systemctl stop "$unit" >/dev/null 2>&1
        for link in /etc/systemd/system/*.wants/"$unit"; do
            if [ -L "$link" ]; then
                rm -f -- "$link"
                rmdir -- "${link%/*}" 2>/dev/null
            fi
        done
        note services
    done
}

hooks_are_registered() {
    "$panel/bin/manage_hooks" list --output JSON 2>/dev/null | grep -q 'autossl-doctor'
}

# The panel asks a script what it was registered for; the entries of one that is gone are pruned.
remove_hooks() {
    [ -x "$panel/bin/manage_hooks" ] && hooks_are_registered || return
    for script in $hooks; do
        [ ! -x "$script" ] || "$panel/bin/manage_hooks" delete script "$script" >/dev/null 2>&1
    done
    ! hooks_are_registered || "$panel/bin/manage_hooks" prune >/dev/null 2>&1
    if hooks_are_registered; then
        complain "cPanel still lists hooks of AutoSSL Doctor; see: $panel/bin/manage_hooks list"
    else
        note hooks
    fi
}

# cPanel's own command first; what it leaves is one file.
remove_icon() {
    [ -e "$icon_place" ] || return
    for directory in "$icon_directory" "$here/plugin/cpanel"; do
        if [ -e "$directory/install.json" ] && [ -x "$panel/scripts/uninstall_plugin" ]; then
            "$panel/scripts/uninstall_plugin" "$directory" --theme=jupiter >/dev/null 2>&1
            break
        fi
    done
    # cPanel keeps the picture under the icon's own name.
    rm -f -- "$icon_place" "$panel/base/frontend/jupiter/assets/application_icons/$id.svg"
    note icon
}

remove_files() {
    for file in $files; do
        if [ -e "$file" ] || [ -L "$file" ]; then
            if rm -f -- "$file"; then
                note files
            else
                complain "$file could not be removed."
            fi
        fi
    done
    # From the inside out; a directory in which somebody has put something else stays.
    for file in $files; do
        directory=${file%/*}
        while [ "${directory%/autossl*}" != "$directory" ] && [ "$directory" != "$program" ]; do
            rmdir -- "$directory" 2>/dev/null || break
            directory=${directory%/*}
        done
    done
}

# Only versions with a page in WHM register one. The panel's manual wants its files to go before.
page_is_registered() {
    [ -e "/var/cpanel/apps/$id.conf" ] || [ "$("$panel/bin/is_registered_with_appconfig" whostmgr "$id" 2>/dev/null)" = 1 ]
}

unregister_page() {
    page_is_registered || return
    echo "cPanel's own server (cpsrvd) restarts once, because the page in WHM is unregistered."
    "$panel/bin/unregister_appconfig" "$id" >/dev/null 2>&1
    if page_is_registered; then
        complain "the page in WHM could not be unregistered: run $panel/bin/unregister_appconfig $id"
    else
        note page-in-WHM
    fi
}

remove_program() {
    [ -d "$program" ] || return
    rm -rf -- "$program/venv"
    for directory in "$program"/environment-?????? "$program"/release-??????; do
        [ ! -d "$directory" ] || rm -rf -- "$directory"
    done
    rm -f -- "$program/venv-new"
    if [ "$package" = no ]; then
        rm -rf -- "$program/release"
        # Somebody may have moved it to a larger disk and left a link.
        place=$(readlink -f -- "$program")
        if rmdir -- "$place" 2>/dev/null; then
            [ ! -L "$program" ] || rm -f -- "$program"
            note program
        else
            complain "$program stays, because something else lies in it: $(find "$place" -mindepth 1 -maxdepth 1 -printf '%f ')"
        fi
    fi
}

something_is_installed() {
    for place in "$program" "$state/installed" $files "$icon_place"; do
        if [ -e "$place" ] || [ -L "$place" ]; then
            return 0
        fi
    done
    [ "$(id -u)" -eq 0 ] || return 1
    page_is_registered || { [ -x "$panel/bin/manage_hooks" ] && hooks_are_registered; }
}

remove_from_server() {
    if command -v flock >/dev/null 2>&1; then
        # Whoever may open it may hold it, and for as long as he likes: so it is for root only.
        umask 077
        exec 9>"$lock"
        umask 022
        chmod 600 "$lock"
        if ! flock -w 60 9; then
            echo "uninstall.sh: an installation or repair of AutoSSL Doctor is at work, so nothing was removed; start this again when it has ended." >&2
            exit 70
        fi
    fi
    cd /
    # A daemon that one of the panel's commands starts must not go on holding the lock.
    stop_units 9>&-
    remove_hooks 9>&-
    remove_icon 9>&-
    remove_files
    unregister_page 9>&-
    if [ -x /usr/bin/systemctl ]; then
        /usr/bin/systemctl daemon-reload >/dev/null 2>&1
        for unit in $units; do
            /usr/bin/systemctl reset-failed "$unit" >/dev/null 2>&1
        done
    fi
    [ ! -d "$run" ] || rm -rf -- "$run"
    [ ! -e "$state/installed" ] || rm -f -- "$state/installed"
    remove_program
}

is_package() {
    { command -v rpm >/dev/null 2>&1 && rpm -q autossl-doctor >/dev/null 2>&1; } ||
        [ "$(dpkg-query -W -f '${db:Status-Status}' autossl-doctor 2>/dev/null)" = installed ]
}

kept=''
if something_is_installed; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "uninstall.sh: AutoSSL Doctor is installed on this server, and only root can remove it." >&2
        [ -e "$here/.venv" ] || [ -e "$here/.demo" ] || exit 69
    elif [ "$package" = no ] && is_package; then
        echo "uninstall.sh: AutoSSL Doctor is installed here as a package of the system: remove it with dnf or apt." >&2
        exit 69
    else
        umask 022
        remove_from_server
    fi
fi
if [ "$(id -u)" -eq 0 ]; then
    for directory in "$state" "$logs"; do
        if [ "$purge" = yes ]; then
            remove "$directory" "$directory"
        elif [ -e "$directory" ]; then
            kept="$kept $directory"
        fi
    done
fi

# What ./install.sh --demo has made in a checkout.
if [ -d "$here" ] && cd "$here"; then
    if [ -d .venv ] && [ ! -e .venv/made-at ]; then
        echo ".venv was not made by install.sh and stays."
    else
        remove .venv .venv
    fi
    remove .demo .demo
fi

if [ -n "$removed" ]; then
    echo "Removed:$removed"
else
    echo "Nothing to remove."
fi
if [ -n "$kept" ]; then
    echo "Kept:$kept. To remove that as well: rm -rf$kept"
fi
[ "$trouble" = no ] || exit 70
