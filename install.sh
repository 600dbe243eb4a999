#!/bin/sh
# Installs AutoSSL Doctor on a cPanel & WHM server, or shows it on a sample host. POSIX sh, because nothing else can be
# expected yet; the parts of an installation are in plugin/system/setup.
# shellcheck disable=SC2034 # what the parts of an installation need to know
set -eu
cd "$(dirname -- "$0")"

usage() {
    cat <<'TEXT'
Usage: ./install.sh [--untested] [--lang en|ja]
       ./install.sh --demo [--lang en|ja] [--port NUMBER] [--no-panel]
       ./install.sh --help

Without --demo it installs AutoSSL Doctor on this cPanel & WHM server, as root and from the release
bundle alone: it asks nothing, needs no network where Python 3.11 or newer is there, and may be
started again at any time; what has been done is not done again. ./uninstall.sh removes it.

  --untested    install on a system, or a version of the panel, that this release does not know
  --from-index  for developers: from a checkout, with packages of the Python package index
  --package     called by the RPM and deb packages
  --environment called by `autossl-doctor repair`: only make the Python environment anew if it broke

  --demo        build a sample host with a dozen websites in different trouble, print its
                diagnosis, and open its panel, in which AutoSSL Doctor's page can be tried: the
                address and a login are printed, Ctrl-C ends it; works on any Linux, needs no
                cPanel and no root (as root it shows more accounts), and writes only to .venv
                and .demo in this directory (remove them with ./uninstall.sh)
  --lang LANG   the language of what it prints: en or ja (default: that of your terminal)
  --port NUMBER the panel's port on this machine (default: a free one)
  --no-panel    print the diagnosis only
  --help        this text

The demonstration needs git and Python 3.11 or newer with venv. Started as root on Debian, Ubuntu or
EL, it installs them where they are missing.

Exit status: 0 done, 64 wrong usage, 69 something is missing, 70 a step failed; each says what to do.
TEXT
}

wrong_usage() {
    printf 'install.sh: %s\n' "$1" >&2
    usage >&2
    exit 64
}

demo=no
accept_untested=no
from_index=no
package=no
environment=no
lang=''
port=''
panel=yes
while [ $# -gt 0 ]; do
    case $1 in
        --demo) demo=yes ;;
        --untested) accept_untested=yes ;;
        --from-index) from_index=yes ;;
        --package) package=yes ;;
        --environment) environment=yes ;;
        --lang)
            [ $# -ge 2 ] || wrong_usage "--lang needs a language: en or ja"
            lang=$2
            shift
            ;;
        --lang=*) lang=${1#--lang=} ;;
        --port)
            [ $# -ge 2 ] || wrong_usage "--port needs a number"
            port=$2
            shift
            ;;
        --port=*) port=${1#--port=} ;;
        --no-panel) panel=no ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) wrong_usage "unknown option: $1" ;;
    esac
    shift
done
case $lang in
    '' | en | ja) ;;
    *) wrong_usage "unknown language: $lang" ;;
esac
case $port in
    *[!0-9]* | ??????*) wrong_usage "not a port: $port" ;;
esac

if [ "$demo" = no ]; then
    if ! [ -e /usr/local/cpanel/version ]; then
        echo "This machine has no cPanel & WHM, so there is nothing to install; ./install.sh --demo shows AutoSSL Doctor on a sample host." >&2
        exit 69
    fi
    # shellcheck source=plugin/system/setup/server.sh
    . plugin/system/setup/server.sh
    if [ "$environment" = yes ]; then
        renew_environment
        exit 0
    fi
    if [ "$package" = yes ] && ! is_kept_release; then
        wrong_usage "--package is for what a package has put into $program/release"
    fi
    install_on_server
fi

if ! [ -e tools/environment.sh ]; then
    echo "The demonstration is made by the project's own tests, which a release does not contain: run ./install.sh --demo in a checkout." >&2
    exit 69
fi
tools/environment.sh --with-package .venv requirements/demo.txt
[ "$panel" = yes ] || set -- --no-panel
exec .venv/bin/python -m tests.lab.demo --directory .demo ${lang:+--lang "$lang"} ${port:+--port "$port"} "$@"
