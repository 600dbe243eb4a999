# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# The Python environment: made in a new directory from the release's own packages, and switched to at once when it works.

# A directory; what Python says about one that does not work is told.
environment_works() {
    "$1/bin/python3" -I -c '
import sys
import cronsim, cryptography.x509, jinja2, msgspec, publicsuffixlist, rich, tzdata, yaml
import autossl_doctor
sys.exit(autossl_doctor.__version__ != sys.argv[1])' "$version"
}

# A change of the release, or of Python, makes it anew.
environment_is_current() {
    [ "$(cat "$program/venv/made-from" 2>/dev/null)" = "$(made_from)" ] && environment_works "$program/venv" >/dev/null 2>&1
}

made_from() {
    sha256sum SHA256SUMS | cut -c 1-64
}

make_environment() {
    draft=$(mktemp -d "$program/environment-XXXXXX")
    chmod 755 "$draft"
    begin_log
    "$python" -I -m venv "$draft" >>"$log" 2>&1 || failed "$python could not make an environment in $program; its own words are in $log." \
        "$python が $program に環境を作れませんでした。詳細は $log にあります。"
    mkdir "$draft/tmp"
    fill --require-hashes --find-links "$PWD/wheelhouse" --requirement "$PWD/requirements/runtime.txt"
    fill --no-deps "$PWD/wheelhouse/autossl_doctor-$version-py3-none-any.whl"
    # What has been of use for that stays out of the environment; what is left is named by the release.
    pip uninstall --quiet --yes setuptools pip || true
    rm -rf -- "$draft/tmp" "$draft"/bin/pip* "$draft"/bin/[Aa]ctivate*
    "$draft/bin/python3" -I -m compileall -q -j 0 "$draft"/lib/python3*/site-packages >>"$log" 2>&1 || failed "its modules could not be compiled; Python's own words are in $log." \
        "モジュールをコンパイルできませんでした。詳細は $log にあります。"
    made_from >"$draft/made-from"
    # The former one stays at work where the new one is of no use.
    environment_works "$draft" >>"$log" 2>&1 || failed "the new environment does not work, so it was not switched to; Python's own words are in $log, the last of them: $(tail -n 1 "$log")" \
        "新しい環境が動作しないため、切り替えませんでした。詳細は $log にあります。最後の行:$(tail -n 1 "$log")"
    switch_to "$draft"
    draft=''
}

# Not everywhere is /var/log root's alone: what somebody else has put there is not written into.
begin_log() {
    if [ -L "$logs" ] || { [ -e "$logs" ] && [ -z "$(find "$logs" -maxdepth 0 -type d -user 0)" ]; }; then
        failed "$logs is not a directory of root's: move it away." \
            "$logs が root のディレクトリではありません。別の場所へ移してください。"
    fi
    mkdir -p "$logs" || failed "$logs could not be made: is the disk full?" \
        "$logs を作れませんでした。ディスクがいっぱいになっていないか確認してください。"
    chmod 750 "$logs"
    log=$logs/environment.log
    rm -rf -- "$log"
    : >"$log"
    chmod 640 "$log"
}

# Nothing of the administrator's own settings of pip, and no network.
pip() {
    env -i PATH="$PATH" LANG=C.UTF-8 HOME=/nonexistent TMPDIR="$draft/tmp" PIP_CONFIG_FILE=/dev/null \
        "$draft/bin/python3" -I -m pip --disable-pip-version-check "$@" >>"$log" 2>&1
}

fill() {
    pip install --quiet --no-index --no-compile --no-cache-dir "$@" && return
    failed "the release's packages could not be installed for $("$python" -V); pip's own words are in $log, the last of them: $(tail -n 1 "$log")" \
        "リリースのパッケージを $("$python" -V) にインストールできませんでした。詳細は $log にあります。最後の行:$(tail -n 1 "$log")"
}

# A link changes its target in one step, so that no page finds half an environment.
switch_to() {
    # What an attempt has left that was broken off just here; and a directory that a restored backup made of the link.
    rm -rf -- "$program/venv-new"
    [ -L "$program/venv" ] || rm -rf -- "$program/venv"
    ln -s "${1##*/}" "$program/venv-new"
    mv -T -- "$program/venv-new" "$program/venv"
}
