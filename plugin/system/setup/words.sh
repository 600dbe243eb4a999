# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# How the installer speaks: each step is announced, and a step that fails says what, why, and what to do.

announce() {
    printf '* %s\n' "$1"
    working_on=$1
}

tell() {
    printf '  %s\n' "$1"
}

working_on='Checking this server'
draft=''

# However it ends: half a directory would only take room, and a command that was not expected to fail has said but its own
# words so far.
ended() {
    status=$?
    [ -z "$draft" ] || rm -rf -- "$draft"
    case $status in
        0 | 64 | 69 | 70) ;;
        *)
            printf 'install.sh: "%s" was broken off; the reason, if there is one, stands above.\nStart the same command again when that is put right; it goes on where it stopped.\n' "$working_on" >&2
            exit 70
            ;;
    esac
}

watch_end() {
    trap ended EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# Something is missing: nothing was changed that would not be right the next time.
missing() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 69
}

# A step did not work.
failed() {
    printf 'install.sh: "%s" failed: %s\nStart the same command again when that is put right; it goes on where it stopped.\n' "$working_on" "$1" >&2
    exit 70
}

older() {
    [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}
