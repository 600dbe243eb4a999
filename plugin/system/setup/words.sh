# shellcheck shell=sh disable=SC2034,SC2154 # the parts set and use each other's variables
# How the installer speaks: each step is announced, and a step that fails says what, why, and what to do. Every sentence
# comes in English and in Japanese.

case ${lang:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
    ja*) in_japanese=yes ;;
    *) in_japanese=no ;;
esac

# Sets said to one of the two; what is not a sentence needs no second one.
choose() {
    said=$1
    [ "$in_japanese" = no ] || said=${2:-$1}
}

announce() {
    choose "$@"
    printf '* %s\n' "$said"
    working_on=$said
}

tell() {
    choose "$@"
    printf '  %s\n' "$said"
}

choose 'Checking this server' 'サーバーの確認'
working_on=$said
draft=''

ask_to_go_on() {
    choose "Start the same command again when that is put right; it goes on where it stopped." \
        "直してから同じコマンドをもう一度実行してください。止まったところから続きます。"
    printf '%s\n' "$said" >&2
}

# However it ends: half a directory would only take room, and a command that was not expected to fail has said but its own
# words so far.
ended() {
    status=$?
    [ -z "$draft" ] || rm -rf -- "$draft"
    case $status in
        0 | 64 | 69 | 70) ;;
        *)
            choose "\"$working_on\" was broken off; the reason, if there is one, stands above." \
                "「${working_on}」が中断されました。理由がある場合は上に表示されています。"
            printf 'install.sh: %s\n' "$said" >&2
            ask_to_go_on
            exit 70
            ;;
    esac
}

watch_end() {
    trap ended EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# Something is missing: nothing was changed that would not be right the next time.
missing() {
    choose "$@"
    printf 'install.sh: %s\n' "$said" >&2
    exit 69
}

# A step did not work.
failed() {
    choose "\"$working_on\" failed: $1" "「${working_on}」に失敗しました。${2:-$1}"
    printf 'install.sh: %s\n' "$said" >&2
    ask_to_go_on
    exit 70
}

older() {
    [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}
