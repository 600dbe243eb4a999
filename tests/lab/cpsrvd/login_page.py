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
        "other": "Log in with a name and a password",
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
        "other": "ユーザー名とパスワードでログイン",
        "language": "言語",
        "refused": "ユーザー名かパスワードが違います。",
        "suspended": "このアカウントは停止されています。",
        "needs_root": "このアカウントには root 権限が必要です。root でない場合は 1 つのアカウントだけを表示できます。",
        "session": "ログインしてください。開いたアドレスは、現在のログインのものではありません。",
        "bye": "ログアウトしました。",
    },
}
_CSS = """
:root { color-scheme: light dark; --bar: #1c2b39; --bar-text: #fff; --text: #23303c; --quiet: #55626f; --page: #f1f4f7;
  --card: #fff; --line: #d5dce3; --edge: #7b8794; --link: #0b5cad; --on-link: #fff; }
@media (prefers-color-scheme: dark) { :root { --bar: #0b131a; --text: #e4eaf0; --quiet: #a9b4be; --page: #101921;
  --card: #17222c; --line: #34424f; --edge: #82909d; --link: #7db8f5; --on-link: #0d1b28; } }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; font: 16px/1.6 "Open Sans", "Noto Sans", "Noto Sans CJK JP", sans-serif; color: var(--text);
  background: var(--page); }
a { color: var(--link); }
.bar { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 12px 20px; background: var(--bar);
  color: var(--bar-text); }
.bar strong { margin-inline-end: auto; font-weight: 600; }
.bar a { color: inherit; }
main { max-width: 42rem; margin: 0 auto; padding: 28px 20px 48px; }
h1 { margin: 0 0 4px; font-size: 1.5rem; font-weight: 600; line-height: 1.3; }
h2 { margin: 28px 0 10px; font-size: 1rem; font-weight: 600; }
p { margin: 0 0 8px; }
.what { color: var(--quiet); }
[role=alert] { margin-top: 16px; padding: 10px 14px; border: 1px solid var(--line);
  border-inline-start: 4px solid var(--link); border-radius: 6px; background: var(--card); }
ul { display: grid; gap: 10px; margin: 0; padding: 0; list-style: none; }
.account { display: block; width: 100%; padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: inherit; font: inherit; text-align: start; cursor: pointer; }
.account:hover { border-color: var(--link); }
.account strong { display: block; color: var(--link); font-weight: 600; }
code { color: var(--quiet); font-size: .85em; }
details { margin-top: 24px; }
summary { color: var(--link); cursor: pointer; }
.own { max-width: 22rem; margin-top: 12px; }
label { display: block; margin-bottom: 12px; }
input { display: block; width: 100%; min-height: 44px; padding: 6px 12px; border: 1px solid var(--edge);
  border-radius: 6px; background: var(--card); color: inherit; font: inherit; }
.own button { min-height: 44px; padding: 6px 24px; border: 0; border-radius: 6px; background: var(--link);
  color: var(--on-link); font: inherit; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
"""


def login_page(
    locale: Locale,
    accounts: Iterable[DemoAccount],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    message: str | None = None,
    goto_uri: str = "",
    service: str = "cPanel",
) -> Response:
    """The page, with a message by its key where something was refused."""
    language = "ja" if locale.locale == "ja" else "en"
    words = _WORDS[language]
    alert = f'<p role="alert">{words[message]}</p>' if message else ""
    goto = f'<input type="hidden" name="goto_uri" value="{escape(goto_uri)}">' if goto_uri else ""
    accounts = tuple(accounts)
    offered = "\n".join(_account(account, words["as"], goto, language) for account in accounts)
    chosen = f"<h2>{words['accounts']}</h2>\n<ul>\n{offered}\n</ul>" if offered else ""
    form = f"""<form class="own" method="post" action="/login/">{goto}
<label>{words["user"]} <input name="user" autocomplete="username" required></label>
<label>{words["password"]} <input name="pass" type="password" autocomplete="current-password" required></label>
<button>{words["login"]}</button>
</form>"""
    # Where accounts are offered, typing is the second choice; the passwords can be read there.
    secrets = ", ".join(f"<code>{escape(account.user)} / {escape(account.password)}</code>" for account in accounts)
    typed = f"<details><summary>{words['other']}</summary>\n<p>{secrets}</p>\n{form}\n</details>" if offered else form
    return page(
        status,
        f"""<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>{words["title"]}</title><style>{_CSS}</style></head>
<body><div class="bar"><strong>{service}</strong>
<span>{words["language"]}:
<a href="/?locale=en" lang="en">English</a> · <a href="/?locale=ja" lang="ja">日本語</a></span></div>
<main>
<h1>{words["title"]}</h1>
<p class="what">{words["what"]}</p>
{alert}
{chosen}
{typed}
</main></body></html>
""",
    )


def _account(account: DemoAccount, label: str, goto: str, language: str) -> str:
    """One account: its button logs in at once."""
    user, password = escape(account.user), escape(account.password)
    note = (account.note_ja if language == "ja" else "") or account.note
    return f"""<li><form method="post" action="/login/">{goto}<input type="hidden" name="user" value="{user}">
<input type="hidden" name="pass" value="{password}"><button class="account"><strong>{label.format(user=user)}</strong>
{escape(note)}</button></form></li>"""
