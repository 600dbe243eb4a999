# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# The release: whether it is whole, whether it is older than what is here, and keeping it for later repairs.

verify_release() {
    [ -f SHA256SUMS ] || failed "SHA256SUMS is missing: unpack the release anew, and compare its own checksum before." \
        "SHA256SUMS がありません。リリースのチェックサムを確認してから、展開し直してください。"
    wrong=$(sha256sum -c --quiet SHA256SUMS 2>&1) || failed "the release is not whole ($(printf '%s' "$wrong" | head -n 1)): fetch it and unpack it anew. Nothing was changed." \
        "リリースが不完全です($(printf '%s' "$wrong" | head -n 1))。ダウンロードし直して展開してください。何も変更していません。"
}

# What is installed here, or nothing. The list of installed files says it, and the kept release where there is no list.
installed_version() {
    said=$(sed -n '1s/^# autossl-doctor //p' "$state/installed" 2>/dev/null) || said=''
    [ -n "$said" ] || said=$(cat "$program/release/VERSION" 2>/dev/null) || said=''
    printf '%s' "$said"
}

refuse_downgrade() {
    present=$(installed_version)
    if [ -n "$present" ] && older "$version" "$present"; then
        way_back="run $program/release/uninstall.sh --purge first, which removes the reports and the memory"
        way_back_ja="先に $program/release/uninstall.sh --purge を実行してください(レポートと記録は削除されます)"
        if [ "$package" = yes ]; then
            way_back="remove the newer one first, and its reports and memory with it (rm -rf $state)"
            way_back_ja="先に新しい版を削除し、そのレポートと記録も削除してください(rm -rf $state)"
        fi
        missing "version $present is installed, and this is $version: what the newer one has written may not be readable for the older one, so nothing was changed. To go back all the same, $way_back." \
            "バージョン $present がインストールされています(これは $version です)。新しい版が書いたデータを古い版では読めない可能性があるため、何も変更していません。それでも戻す場合は、${way_back_ja}。"
    fi
}

# What a package manager has put there is its business alone.
refuse_beside_package() {
    if { command -v rpm >/dev/null 2>&1 && rpm -q autossl-doctor >/dev/null 2>&1; } ||
        [ "$(dpkg-query -W -f '${db:Status-Status}' autossl-doctor 2>/dev/null)" = installed ]; then
        missing "AutoSSL Doctor is installed here as a package of the system: upgrade it with dnf or apt; nothing was changed." \
            "AutoSSL Doctor は OS のパッケージとしてインストールされています。dnf または apt で更新してください。何も変更していません。"
    fi
}

is_kept_release() {
    [ "$(pwd -P)" = "$(cd "$program/release" 2>/dev/null && pwd -P)" ]
}

# Copies what SHA256SUMS names, and nothing else that may lie beside it.
keep_release() {
    ! is_kept_release || return 0
    if cmp -s SHA256SUMS "$program/release/SHA256SUMS" && (cd "$program/release" && sha256sum -c --quiet SHA256SUMS >/dev/null 2>&1); then
        return 0
    fi
    mkdir -p "$program"
    draft=$(mktemp -d "$program/release-XXXXXX")
    chmod 755 "$draft"
    cut -c 67- SHA256SUMS | while read -r name; do
        copy_into "$draft" "$name"
    done || failed "the release could not be copied into $program: is the disk full?" \
        "リリースを $program にコピーできませんでした。ディスクがいっぱいになっていないか確認してください。"
    cp -- SHA256SUMS "$draft/SHA256SUMS"
    (cd "$draft" && sha256sum -c --quiet SHA256SUMS >/dev/null 2>&1) || failed "the copy of the release in $program is not whole: is the disk full, or damaged?" \
        "$program にコピーしたリリースが不完全です。ディスクがいっぱいになっていないか、壊れていないか確認してください。"
    chmod -R go-w "$draft"
    put_in_place "$draft" "$program/release"
    draft=''
}

copy_into() {
    case $2 in
        */*) mkdir -p "$1/${2%/*}" ;;
    esac
    cp -- "$2" "$1/$2"
}

# A directory takes the place of another; what stood there goes afterwards.
put_in_place() {
    aside=$(mktemp -d "$program/release-XXXXXX")
    if [ -e "$2" ] || [ -L "$2" ]; then
        mv -- "$2" "$aside/former"
    fi
    mv -T -- "$1" "$2"
    rm -rf -- "$aside"
}

# For developers: a release made of this checkout, with what the package index has.
make_release_from_checkout() {
    mkdir -p "$program"
    draft=$(mktemp -d "$program/release-XXXXXX")
    chmod 755 "$draft"
    for name in install.sh uninstall.sh cpanel_plugin.yaml README.md CHANGELOG.md LICENSE requirements/runtime.txt $(find plugin/cpanel plugin/system plugin/whm -type f ! -name '*.pyc' 2>/dev/null); do
        copy_into "$draft" "$name"
    done
    printf '%s\n' "$version" >"$draft/VERSION"
    work=$(mktemp -d "$program/release-XXXXXX")
    cp -R plugin setup.py pyproject.toml README.md LICENSE "$work"
    log=$work/pip.log
    {
        "$python" -m venv "$work/tools" &&
            "$work/tools/bin/python3" -m pip download --quiet --only-binary :all: --require-hashes --requirement requirements/runtime.txt --dest "$draft/wheelhouse" &&
            "$work/tools/bin/python3" -m pip wheel --quiet --no-cache-dir --no-deps --wheel-dir "$draft/wheelhouse" "$work"
    } >"$log" 2>&1 || failed "no release could be made of this checkout: $(tail -n 1 "$log")"
    rm -rf -- "$work"
    cd "$draft" || exit 70
    names=$(find . -type f | sed 's|^\./||' | sort)
    for name in $names; do sha256sum "$name"; done >SHA256SUMS
}

# What interrupted attempts have left, and former environments. Called while nobody else is at work.
sweep() {
    [ ! -L "$program" ] || return 0
    for left in "$program"/release-?????? "$program"/environment-??????; do
        case $left in
            *'?'* | "$program/$(readlink "$program/venv")") ;;
            *) rm -rf -- "$left" ;;
        esac
    done
}
