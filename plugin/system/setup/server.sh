# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# Installs on a cPanel & WHM server, step by step; each step does nothing where nothing is to be done. What comes after
# there is a Python is the work of `autossl-doctor repair`.

program=/opt/autossl-doctor
state=/var/lib/autossl-doctor
logs=/var/log/autossl-doctor
lock=/run/autossl-doctor.lock

for part in values words preflight python release environment; do
    # shellcheck disable=SC1090 # the other parts, beside this one
    . "plugin/system/setup/$part.sh"
done

# Two installations at once would take the places out of each other's hands. The lock ends with the process.
take_turn() {
    if [ -L "$lock" ] || { [ -e "$lock" ] && ! [ -f "$lock" ]; }; then
        missing "$lock is not a plain file: remove it and start this again." \
            "$lock が通常のファイルではありません。削除してから、もう一度実行してください。"
    fi
    # Whoever may open it may hold it, and for as long as he likes: so it is for root only.
    umask 077
    exec 9>"$lock"
    umask 022
    chmod 600 "$lock"
    flock -w "$1" 9 || missing "another installation, repair or removal of AutoSSL Doctor is at work; start this again when it has ended." \
        "AutoSSL Doctor のインストール、修復または削除が別に実行されています。終わってから、もう一度実行してください。"
}

as_root_with_own_settings() {
    [ "$(id -u)" -eq 0 ] || missing "only root can do this: start it as root." \
        "この操作は root だけが行えます。root として実行してください。"
    umask 022
    PATH=/usr/sbin:/usr/bin:/sbin:/bin
    export PATH
    unset PYTHONPATH PYTHONHOME CDPATH
    watch_end
}

install_on_server() {
    as_root_with_own_settings
    if ! [ -d wheelhouse ] && [ "$from_index" = no ]; then
        missing "this is a checkout and no release, so it has no packages to install: use the release bundle autossl-doctor-$version.tar.gz (or --from-index, for developers); nothing was changed." \
            "これはリリースではなくチェックアウトのため、インストールするパッケージがありません。配布ファイル autossl-doctor-$version.tar.gz を使ってください(開発者は --from-index)。何も変更していません。"
    fi
    [ "$from_index" = yes ] || check_place
    take_turn 5
    sweep
    announce "Checking this server" "サーバーの確認"
    check_server
    [ "$package" = yes ] || refuse_beside_package
    if [ "$from_index" = yes ]; then
        refuse_downgrade
        announce "Making a release of this checkout" "このチェックアウトからリリースを作成"
        have_python
        make_release_from_checkout
    fi
    announce "Verifying the release of version $version" "バージョン $version のリリースの検証"
    verify_release
    refuse_downgrade
    announce "Finding Python" "Python の検索"
    have_python
    announce "Keeping the release in $program/release" "リリースを $program/release に保存"
    keep_release
    cd "$program/release" || failed "$program/release cannot be entered." \
        "$program/release に入れません。"
    announce "Making the Python environment" "Python 環境の作成"
    if environment_is_current; then
        tell "it is there and works" "作成済みで、動作しています"
    else
        make_environment
    fi
    sweep
    # The rest takes the lock for itself, and tells of its own end.
    trap - EXIT
    exec 9>&-
    [ "$package" = yes ] || package=''
    exec "$program/venv/bin/python3" -I -m autossl_doctor repair --installation ${package:+--package} ${lang:+--lang "$lang"}
}

# Called by the command `autossl-doctor repair`: silent where there is nothing to do.
renew_environment() {
    as_root_with_own_settings
    cd "$program/release" || missing "the release is not in $program/release any more: install AutoSSL Doctor anew." \
        "$program/release にリリースがありません。AutoSSL Doctor をインストールし直してください。"
    environment_works "$program/venv" >/dev/null 2>&1 && return
    take_turn 300
    environment_works "$program/venv" >/dev/null 2>&1 && return
    announce "Making the Python environment anew" "Python 環境の再作成"
    verify_release
    have_python
    make_environment
    sweep
}
