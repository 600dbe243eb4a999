# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# Whether this server can have AutoSSL Doctor. Nothing is changed here; each refusal is one sentence.

check_server() {
    check_panel
    check_system
    check_machine
    tell "$system_in_words, cPanel & WHM $panel: good" \
        "${system_in_words}、cPanel & WHM $panel:問題ありません"
}

check_panel() {
    for tool in bin/register_appconfig bin/manage_hooks scripts/install_plugin scripts/uninstall_plugin; do
        [ -x "/usr/local/cpanel/$tool" ] || missing "/usr/local/cpanel/$tool is missing: cPanel & WHM is not whole on this server, so nothing was changed." \
            "/usr/local/cpanel/$tool がありません。このサーバーの cPanel & WHM が不完全なため、何も変更していません。"
    done
    # 11.134.0.7 is version 134.
    panel=$(sed -n '1s/^11\.\([0-9][0-9]*\)\..*/\1/p' /usr/local/cpanel/version)
    [ -n "$panel" ] || missing "/usr/local/cpanel/version does not say which version of cPanel & WHM this is, so nothing was changed." \
        "/usr/local/cpanel/version から cPanel & WHM のバージョンが分からないため、何も変更していません。"
    [ "$panel" -ge "$oldest_panel" ] || missing "this is cPanel & WHM $panel, and AutoSSL Doctor needs $oldest_panel or newer; nothing was changed." \
        "このサーバーは cPanel & WHM $panel です。AutoSSL Doctor には $oldest_panel 以降が必要なため、何も変更していません。"
    [ "$panel" -le "$newest_panel" ] || untested "cPanel & WHM $panel is newer than this release knows (up to $newest_panel)" \
        "cPanel & WHM $panel は、このリリースが対応を確認したバージョン($newest_panel まで)より新しいものです"
}

check_system() {
    [ -r /etc/os-release ] || missing "/etc/os-release is missing, so nobody knows which operating system this is; nothing was changed." \
        "/etc/os-release がなく、OS の種類が分からないため、何も変更していません。"
    # shellcheck disable=SC1091 # the server's own file
    system=$(. /etc/os-release && printf '%s:%s' "$ID" "${VERSION_ID:-}")
    # shellcheck disable=SC1091 # as above
    system_in_words=$(. /etc/os-release && printf '%s %s' "$NAME" "${VERSION_ID:-}")
    case " $known_systems " in
        *" $system "* | *" ${system%%.*} "*) ;;
        *) untested "$system_in_words is not among the systems that this release knows ($systems_in_words)" \
            "$system_in_words は、このリリースが対応を確認した OS($systems_in_words)ではありません" ;;
    esac
}

untested() {
    [ "$accept_untested" = yes ] || missing "$1; nothing was changed. To install it all the same, add --untested." \
        "${2}。何も変更していません。それでもインストールする場合は --untested を付けてください。"
    tell "$1; it is installed all the same, because --untested was given" \
        "${2}。--untested が指定されたため、そのままインストールします。"
}

check_machine() {
    [ "$(uname -m)" = "$architecture" ] || missing "this machine is $(uname -m), and AutoSSL Doctor needs $architecture; nothing was changed." \
        "このマシンは $(uname -m) です。AutoSSL Doctor には $architecture が必要なため、何も変更していません。"
    glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p')
    [ -n "$glibc" ] || missing "this system's C library is not glibc; nothing was changed." \
        "この OS の C ライブラリは glibc ではないため、何も変更していません。"
    ! older "$glibc" "$oldest_glibc" || missing "this system has glibc $glibc, and AutoSSL Doctor needs $oldest_glibc or newer; nothing was changed." \
        "この OS の glibc は $glibc です。AutoSSL Doctor には $oldest_glibc 以降が必要なため、何も変更していません。"
    [ -x /usr/bin/systemctl ] || missing "systemctl is missing: AutoSSL Doctor's services need systemd; nothing was changed." \
        "systemctl がありません。AutoSSL Doctor のサービスには systemd が必要なため、何も変更していません。"
    place=/opt
    [ -d "$place" ] || place=/
    free=$(df -Pk "$place" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free" -ge "$disk_megabytes" ] || missing "only $free MB are free below /opt, and AutoSSL Doctor needs $disk_megabytes MB; nothing was changed." \
        "/opt の空き容量は $free MB です。AutoSSL Doctor には $disk_megabytes MB が必要なため、何も変更していません。"
    if [ -L "$program" ] || { [ -e "$program" ] && ! [ -d "$program" ]; }; then
        missing "$program is not a directory: move it away and start this again; nothing was changed." \
            "$program がディレクトリではありません。別の場所へ移してから、もう一度実行してください。何も変更していません。"
    fi
    # Root will run what lies there.
    for place in /opt "$program"; do
        [ ! -e "$place" ] || is_of_root "$place" || missing "$place can be changed by others than root: put that right (chown root:root $place; chmod go-w $place) and start this again; nothing was changed." \
            "$place は root 以外でも変更できます。直してから(chown root:root $place; chmod go-w $place)もう一度実行してください。何も変更していません。"
    done
}

# Root's, and closed to other writers; or sticky, as /tmp is.
is_of_root() {
    [ -n "$(find "$1" -maxdepth 0 -user 0 \( ! -perm /022 -o -perm -1000 \))" ]
}

# Whoever may change the release while root reads it would become root: so it is not taken from an account's directory.
check_place() {
    directory=$(pwd -P)
    while :; do
        is_of_root "$directory" || missing "$directory can be changed by others than root, so no release is installed from there: unpack it as root below /root and start that one; nothing was changed." \
            "$directory は root 以外でも変更できるため、そこからはインストールしません。root として /root の下に展開し、そこから実行してください。何も変更していません。"
        [ "$directory" != / ] || break
        directory=${directory%/*}
        directory=${directory:-/}
    done
    foreign=$(find . ! -type l \( ! -user 0 -o -perm /022 \) | head -n 1)
    [ -z "$foreign" ] || missing "$foreign of the release can be changed by others than root: unpack it as root below /root and start that one; nothing was changed." \
        "リリースの $foreign は root 以外でも変更できます。root として /root の下に展開し、そこから実行してください。何も変更していません。"
}
