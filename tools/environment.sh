#!/bin/sh
# Makes a Python environment from a lock file: tools/environment.sh [--with-package] DIRECTORY LOCK
#
# Finds Python 3.11 or newer with venv; as root on Debian, Ubuntu or EL it installs git and Python where they are
# missing. The second call does nothing unless the lock or the project's own build files changed.
# POSIX sh, because nothing else can be expected yet. Exits 69, after one sentence, if something is not to be had.
set -eu

with_package=no
if [ "${1:-}" = --with-package ]; then
    with_package=yes
    shift
fi
[ $# -eq 2 ] || { echo "usage: tools/environment.sh [--with-package] DIRECTORY LOCK" >&2; exit 64; }
directory=$1
lock=$2

unavailable() {
    printf '%s\n' "$*" >&2
    exit 69
}

# shellcheck source=plugin/system/setup/python.sh
. plugin/system/setup/python.sh

# One after the other, until git and a good Python are there. A failure shows in what is still missing afterwards.
install_packages() {
    if command -v apt-get >/dev/null 2>&1; then
        echo "Installing git and Python with apt-get." >&2
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >/dev/null 2>&1 || true
        for packages in "git python3 python3-venv" "python3.12 python3.12-venv" "python3.11 python3.11-venv"; do
            # shellcheck disable=SC2086 # a list of names
            apt-get install -y -qq --no-install-recommends $packages >/dev/null 2>&1 || true
            everything_there && return
        done
    elif command -v dnf >/dev/null 2>&1; then
        echo "Installing git and Python with dnf." >&2
        for packages in git "python3.11 python3.11-pip" "python3.12 python3.12-pip" "python3 python3-pip"; do
            # shellcheck disable=SC2086 # a list of names
            dnf install -y -q $packages >/dev/null 2>&1 || true
            everything_there && return
        done
    fi
}

everything_there() {
    find_python
    [ -n "$python" ] && command -v git >/dev/null 2>&1
}

# The sentence about what is missing, for people who cannot or need not read this script.
say_what_is_missing() {
    if [ -n "$python" ]; then
        unavailable "git is missing: install the package git and start this again."
    elif [ -n "$early" ]; then
        unavailable "$early is a pre-release of Python ($("$early" -V 2>&1)), which AutoSSL Doctor refuses: install a final release of Python 3.11 or newer with venv and start this again."
    elif [ -n "$bare" ]; then
        unavailable "$bare is there but its venv module is not: install the package $bare-venv (Debian, Ubuntu) and start this again."
    elif command -v git >/dev/null 2>&1; then
        unavailable "Python 3.11 or newer with venv is missing: install python3 and python3-venv (Debian, Ubuntu) or python3.11 and python3.11-pip (EL) and start this again."
    else
        unavailable "git and Python 3.11 or newer with venv are missing: install git, python3 and python3-venv (Debian, Ubuntu) or git, python3.11 and python3.11-pip (EL) and start this again."
    fi
}

# What the environment was made from; it changes when the environment has to be filled again.
fingerprint() {
    cat "$lock" pyproject.toml setup.py | cksum
}

everything_there || { [ "$(id -u)" -ne 0 ] || install_packages; }
everything_there || say_what_is_missing

# Scripts in an environment know its path, so one that was moved, or whose Python went away, is made anew.
here=$(pwd -P)/$directory
if ! "$directory/bin/python" -m pip --version >/dev/null 2>&1 || [ "$(cat "$directory/made-at" 2>/dev/null)" != "$here" ]; then
    if [ -e "$directory" ]; then
        [ -e "$directory/made-at" ] || unavailable "$directory was not made by this project: move it away and start this again."
        rm -rf -- "$directory"
    fi
    mkdir "$directory"
    printf '%s\n' "$here" >"$directory/made-at"
    "$python" -m venv "$directory" || unavailable "$python could not make the environment $directory; its own words are above."
fi

stamp=$directory/made-from-$(basename "$lock")
[ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ] || exit 0

fill() {
    log=$directory/pip.log
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check --retries 2 "$@" >"$log" 2>&1 && return
    if grep -Eq '[Cc]onnection|name resolution|timed out|No matching distribution' "$log"; then
        unavailable "The Python packages of $lock could not be fetched: this needs the Python package index once, or a mirror of it in pip's settings (details: $log)."
    fi
    tail -n 15 "$log" >&2
    unavailable "pip could not install the Python packages of $lock; its own words are above."
}

echo "Installing the Python packages of $lock into $directory." >&2
fill --require-hashes --requirement "$lock"
[ "$with_package" = no ] || fill --no-deps --no-build-isolation --editable .
fingerprint >"$stamp"
