# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# Finding a Python of the distribution that is new enough, and installing it where it is missing.

# What this Python is to us: good, old, early (a pre-release), bare (without venv), or none.
judge() {
    "$1" -I - 2>/dev/null <<'PYTHON' || echo none
import sys
if sys.version_info < (3, 11):
    print("old")
elif sys.version_info.releaselevel != "final":
    print("early")
else:
    try:
        import ensurepip
        import venv
    except ImportError:
        print("bare")
    else:
        print("good")
PYTHON
}

# Sets python to the first good one, else leaves it empty; early and bare keep what was seen on the way.
find_python() {
    python=''
    early=''
    bare=''
    for candidate in python3.11 python3.12 python3.13 python3; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        case $(judge "$candidate") in
            good) python=$(command -v "$candidate"); return ;;
            early) early=$candidate ;;
            bare) bare=$candidate ;;
        esac
    done
}

# Ubuntu 22.04 has a pre-release of 3.11 (3.11.0~rc1): it would be refused, so it is not installed first.
is_early_in_distribution() {
    case $(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p') in
        *~rc* | *~a[0-9]* | *~b[0-9]*) ;;
        *) return 1 ;;
    esac
}

# One set of packages after the other, until a good Python is there. A failure shows in what is missing afterwards.
install_python() {
    if [ -x /usr/bin/apt-get ]; then
        export DEBIAN_FRONTEND=noninteractive
        /usr/bin/apt-get update -qq >/dev/null 2>&1 || true
        for packages in "python3.12 python3.12-venv" "python3.11 python3.11-venv"; do
            if is_early_in_distribution "${packages%% *}"; then
                early_package=${packages%% *}
                continue
            fi
            tell "installing $packages with apt-get" \
                "apt-get で $packages をインストールします"
            # shellcheck disable=SC2086 # a list of names
            /usr/bin/apt-get install -y -qq --no-install-recommends $packages >/dev/null 2>&1 || true
            find_python
            [ -z "$python" ] || return 0
        done
    elif [ -x /usr/bin/dnf ]; then
        for packages in python3.11 python3.12; do
            tell "installing $packages with dnf" "dnf で $packages をインストールします"
            /usr/bin/dnf install -y -q "$packages" >/dev/null 2>&1 || true
            find_python
            [ -z "$python" ] || return 0
        done
    fi
}

# While a package manager installs us it can install nothing else, and the package has asked for Python already.
have_python() {
    early_package=''
    find_python
    [ -n "$python" ] || [ "$package" = yes ] || install_python 9>&-
    if [ -n "$python" ]; then
        tell "$("$python" -V) ($python)"
    elif [ -n "$early" ]; then
        missing "$early is a pre-release of Python ($("$early" -V 2>&1)), which AutoSSL Doctor refuses: install python3.11 or python3.12 and start this again." \
            "$early は Python の開発版($("$early" -V 2>&1))のため使えません。python3.11 または python3.12 をインストールしてから、もう一度実行してください。"
    elif [ -n "$early_package" ]; then
        missing "the distribution's $early_package is a pre-release of Python, which AutoSSL Doctor refuses: install a final release of Python 3.11 or newer with venv as python3.11, python3.12 or python3.13 in /usr/bin and start this again." \
            "この OS の $early_package は Python の開発版のため使えません。Python 3.11 以降の正式版(venv を含む)を /usr/bin に python3.11、python3.12 または python3.13 として用意してから、もう一度実行してください。"
    elif [ -n "$bare" ]; then
        missing "$bare is there but its venv module is not: install the package $bare-venv and start this again." \
            "$bare はありますが venv モジュールがありません。パッケージ $bare-venv をインストールしてから、もう一度実行してください。"
    else
        missing "Python 3.11 or newer is missing and could not be installed: install python3.11 or python3.12 from the distribution (on Ubuntu with its -venv package) and start this again." \
            "Python 3.11 以降がなく、インストールもできませんでした。OS のパッケージから python3.11 または python3.12(Ubuntu では -venv パッケージも)をインストールしてから、もう一度実行してください。"
    fi
}
