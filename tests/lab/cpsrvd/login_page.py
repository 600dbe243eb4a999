"""The login page: says what it is, and offers the accounts that were made for a stranger."""

from collections.abc import Iterable
from html import escape
from http import HTTPStatus

from tests.lab.cpsrvd.languages import Locale
from tests.lab.cpsrvd.response import Response, page
from tests.lab.cpsrvd.settings import DemoAccount

_WORDS = {
    "en": {
        "title": "Log in",
        "what": "This is not cPanel. It is an imitation of its login and its pages, for tests and demonstrations.",
        "user": "User name",
        "password": "Password",
        "login": "Log in",
        "accounts": "Accounts to try",
        "as": "Log in as {user}",
        "language": "Language",
        "refused": "The user name or the password is wrong.",
        "suspended": "This account is suspended.",
        "needs_root": "This account needs root: without it only one account can be shown.",
        "session": "Please log in. The address that you opened does not belong to a session of yours.",
        "bye": "You have logged out.",
    },
    "ja": {
        "title": "ログイン",
        "what": "これは cPanel ではありません。ログインとページを真似た、テストとデモ用の模造品です。",
        "user": "ユーザー名",
        "password": "パスワード",
        "login": "ログイン",
        "accounts": "お試し用のアカウント",
        "as": "{user} としてログイン",
        "language": "言語",
        "refused": "ユーザー名かパスワードが違います。",
        "suspended": "このアカウントは停止されています。",
        "needs_root": "このアカウントには root 権限が必要です。root でない場合は 1 つのアカウントだけを表示できます。",
        "session": "ログインしてください。開いたアドレスは、現在のログインのものではありません。",
        "bye": "ログアウトしました。",
    },
}
_CSS = """
:root { color-scheme: light dark; }
body { max-width: 40em; margin: 2em auto; padding: 0 1em; font: 16px/1.5 "Noto Sans", "Noto Sans CJK JP", sans-serif; }
label { display: block; margin: 0.5em 0; }
td { padding: 0.3em 1em 0.3em 0; vertical-align: top; }
[role=alert] { border-inline-start: 4px solid; padding-inline-start: 0.7em; }
"""


def login_page(
    locale: Locale,
    accounts: Iterable[DemoAccount],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    message: str | None = None,
    goto_uri: str = "",
) -> Response:
    """The page, with a message by its key where something was refused."""
    language = "ja" if locale.locale == "ja" else "en"
    words = _WORDS[language]
    alert = f'<p role="alert">{words[message]}</p>' if message else ""
    goto = f'<input type="hidden" name="goto_uri" value="{escape(goto_uri)}">' if goto_uri else ""
    rows = "\n".join(_row(account, words["as"], goto, language) for account in accounts)
    table = f"<h2>{words['accounts']}</h2>\n<table>\n{rows}\n</table>" if rows else ""
    return page(
        status,
        f"""<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>{words["title"]}</title><style>{_CSS}</style></head>
<body><main>
<h1>{words["title"]}</h1>
<p>{words["what"]}</p>
{alert}
<form method="post" action="/login/">{goto}
<label>{words["user"]} <input name="user" autocomplete="username" required></label>
<label>{words["password"]} <input name="pass" type="password" autocomplete="current-password" required></label>
<button>{words["login"]}</button>
</form>
{table}
<p>{words["language"]}: <a href="/?locale=en" lang="en">English</a> · <a href="/?locale=ja" lang="ja">日本語</a></p>
</main></body></html>
""",
    )


def _row(account: DemoAccount, label: str, goto: str, language: str) -> str:
    """One account: its button logs in at once, its password can be read for those who rather type."""
    user, password = escape(account.user), escape(account.password)
    note = (account.note_ja if language == "ja" else "") or account.note
    return f"""<tr><td><form method="post" action="/login/">{goto}<input type="hidden" name="user" value="{user}">
<input type="hidden" name="pass" value="{password}"><button>{label.format(user=user)}</button></form></td>
<td><code>{user}</code> / <code>{password}</code></td><td>{escape(note)}</td></tr>"""
