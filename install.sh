#!/bin/sh
# Shows AutoSSL Doctor on a sample host, with its page in a panel to try it in. POSIX sh, so that it runs on any Linux before anything is installed.
set -eu
cd "$(dirname -- "$0")"

usage() {
    cat <<'TEXT'
Usage: ./install.sh --demo [--lang en|ja] [--port NUMBER] [--no-panel]
       ./install.sh --help

  --demo        build a sample host with a dozen websites in different trouble, print its
                diagnosis, and open its panel, in which AutoSSL Doctor's page can be tried: the
                address and a login are printed, Ctrl-C ends it; works on any Linux, needs no
                cPanel and no root (as root it shows more accounts), and writes only to .venv
                and .demo in this directory (remove them with ./uninstall.sh)
  --lang LANG   the language of the diagnosis: en or ja (default: that of your terminal)
  --port NUMBER the panel's port on this machine (default: a free one)
  --no-panel    print the diagnosis only
  --help        this text

Needs git and Python 3.11 or newer with venv. Started as root on Debian, Ubuntu or EL, it installs
them where they are missing.
Installation on a cPanel & WHM server is not in this version.
TEXT
}

wrong_usage() {
    printf 'install.sh: %s\n' "$1" >&2
    usage >&2
    exit 64
}

demo=no
lang=''
port=''
panel=yes
while [ $# -gt 0 ]; do
    case $1 in
        --demo) demo=yes ;;
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
    if [ -e /usr/local/cpanel/version ]; then
        echo "Installation on a cPanel & WHM server is not in this version of AutoSSL Doctor yet; nothing was changed." >&2
    else
        echo "This machine has no cPanel & WHM, so there is nothing to install; ./install.sh --demo shows AutoSSL Doctor on a sample host." >&2
    fi
    exit 69
fi

tools/environment.sh --with-package .venv requirements/demo.txt
[ "$panel" = yes ] || set -- --no-panel
exec .venv/bin/python -m tests.lab.demo --directory .demo ${lang:+--lang "$lang"} ${port:+--port "$port"} "$@"
