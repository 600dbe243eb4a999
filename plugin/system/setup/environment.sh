# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# The Python environment: made in a new directory from the release's own packages, and switched to at once when it works.

environment_works() {
    "$program/venv/bin/python3" -I -c '
import sys
import cronsim, cryptography.x509, jinja2, msgspec, publicsuffixlist, rich, tzdata, yaml
import autossl_doctor
sys.exit(autossl_doctor.__version__ != sys.argv[1])' "$version" >/dev/null 2>&1
}

# A change of the release, or of Python, makes it anew.
environment_is_current() {
    [ "$(cat "$program/venv/made-from" 2>/dev/null)" = "$(made_from)" ] && environment_works
}

made_from() {
    sha256sum SHA256SUMS | cut -c 1-64
}

make_environment() {
    draft=$(mktemp -d "$program/environment-XXXXXX")
    chmod 755 "$draft"
    mkdir -p "$logs"
    chmod 750 "$logs"
    log=$logs/environment.log
    : >"$log"
    chmod 640 "$log"
    "$python" -I -m venv "$draft" >>"$log" 2>&1 || failed "$python could not make an environment in $draft; its own words are in $log."
    mkdir "$draft/tmp"
    fill --require-hashes --find-links "$PWD/wheelhouse" --requirement "$PWD/requirements/runtime.txt"
    fill --no-deps "$PWD/wheelhouse/autossl_doctor-$version-py3-none-any.whl"
    # What has been of use for that stays out of the environment; what is left is named by the release.
    pip uninstall --quiet --yes setuptools pip || true
    rm -rf -- "$draft/tmp" "$draft"/bin/pip* "$draft"/bin/[Aa]ctivate*
    "$draft/bin/python3" -I -m compileall -q -j 0 "$draft"/lib/python3*/site-packages >>"$log" 2>&1 || failed "its modules could not be compiled; Python's own words are in $log."
    made_from >"$draft/made-from"
    switch_to "$draft"
    environment_works || failed "the new environment does not work: run $program/venv/bin/python3 -I -c 'import autossl_doctor' to see why."
}

# Nothing of the administrator's own settings of pip, and no network.
pip() {
    env -i PATH="$PATH" LANG=C.UTF-8 HOME=/nonexistent TMPDIR="$draft/tmp" PIP_CONFIG_FILE=/dev/null \
        "$draft/bin/python3" -I -m pip --disable-pip-version-check "$@" >>"$log" 2>&1
}

fill() {
    pip install --quiet --no-index --no-compile --no-cache-dir "$@" && return
    failed "the release's packages could not be installed for $("$python" -V); pip's own words are in $log, the last of them: $(tail -n 1 "$log")"
}

# A link changes its target in one step, so that no page finds half an environment.
switch_to() {
    ln -s "${1##*/}" "$program/venv-new"
    mv -T -- "$program/venv-new" "$program/venv"
}
