#!/bin/sh
# Removes what `./install.sh --demo` made. POSIX sh, like install.sh.
set -eu
cd "$(dirname -- "$0")"

usage() {
    cat <<'TEXT'
Usage: ./uninstall.sh [--help]

Removes what ./install.sh --demo made in this directory: .venv and .demo.
Packages of the system, such as git and Python, stay.
TEXT
}

case ${1:-} in
    '') ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        printf 'uninstall.sh: unknown option: %s\n' "$1" >&2
        usage >&2
        exit 64
        ;;
esac

if [ -e /usr/local/cpanel/version ]; then
    echo "This version of AutoSSL Doctor installs nothing into cPanel & WHM, so there is nothing to remove from it."
fi

removed=''
remove() {
    if [ -e "$1" ] || [ -L "$1" ]; then
        rm -rf -- "$1"
        removed="$removed $1"
    fi
}

if [ -d .venv ] && [ ! -e .venv/made-at ]; then
    echo ".venv was not made by install.sh and stays."
else
    remove .venv
fi
remove .demo

if [ -n "$removed" ]; then
    echo "Removed:$removed"
else
    echo "Nothing to remove."
fi
