"""What the demo says to a stranger around the panel, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """The sentences of one language."""

    language: str
    stands: str
    log_in: str
    one_account: str
    put_right: str
    was_put_right: str
    end: str
    ended: str
    forbidden: str
    failed: str
    at_work: str
    not_at_work: str
    no_such_website: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        language="en",
        stands="Open the sample host's panel (an imitation of cPanel, for this machine only) in a browser:",
        log_in="Log in as one of these accounts, with the password {password}:",
        one_account="Started as root, the demo has five more accounts; without root it can show one.",
        put_right="To play the owner of the DNS and put a website right, run in another terminal:",
        was_put_right="Every check of {website} passes from now on.",
        end="Ctrl-C ends it.",
        ended="The panel and all that belongs to it have ended.",
        forbidden="The panel cannot be shown here: this machine gives it no space of its own ({why}).",
        failed="The panel could not be opened: {why}.",
        at_work="A demo is already at work in this directory; Ctrl-C in its terminal ends it.",
        not_at_work="No demo is at work in this directory.",
        no_such_website="{website} is no website of the sample host.",
    ),
    "ja": Words(
        language="ja",
        stands="サンプルホストのパネル(cPanel の模造品。このマシン専用)は、ブラウザーで次のアドレスから開けます。",
        log_in="次のいずれかのアカウントでログインしてください。パスワードは {password} です。",
        one_account="root で起動すると、ほかに5つのアカウントを試せます。root でない場合は1つだけです。",
        put_right="DNS の管理者になったつもりでサイトの問題を直すには、別の端末で次を実行してください。",
        was_put_right="これ以降、「{website}」のすべての確認が成功します。",
        end="終了するには Ctrl-C を押してください。",
        ended="パネルと、起動したすべてのプロセスを終了しました。",
        forbidden="このマシンでは専用の領域を用意できないため、パネルは表示できません({why})。",
        failed="パネルを開けませんでした: {why}",
        at_work="このディレクトリではデモがすでに動いています。終了するには、その端末で Ctrl-C を押してください。",
        not_at_work="このディレクトリで動いているデモはありません。",
        no_such_website="「{website}」はサンプルホストのサイトではありません。",
    ),
}
ACCOUNTS = ("asagao", "yamato", "aoi", "kumo", "harbor", "hikari")
"""The accounts that a stranger should see; the first one is the story, and the only one without root."""
NOTES: Mapping[str, Mapping[str, str]] = {
    "asagao": {
        "en": "the certificate has expired: one click renews it (the panel is in Japanese)",
        "ja": "証明書の期限切れ。ワンクリックで更新できます",
    },
    "yamato": {
        "en": "one address holds the renewal back: leave it out, and the rest is renewed",
        "ja": "1つのアドレスが更新を止めています。除外すると残りが更新されます",
    },
    "aoi": {
        "en": "another key type was chosen: save it again, and AutoSSL starts",
        "ja": "鍵の種類を変更した後です。もう一度保存すると AutoSSL が始まります",
    },
    "kumo": {
        "en": "the check file is not found: another try ends with the same reason",
        "ja": "確認用ファイルが見つかりません。再試行しても同じ理由で終わります",
    },
    "harbor": {
        "en": "the website was moved to another server",
        "ja": "サイトが別のサーバーに移されています",
    },
    "hikari": {
        "en": "a check is at work since the panel stands",
        "ja": "パネルの起動とともに確認が始まっています",
    },
}
