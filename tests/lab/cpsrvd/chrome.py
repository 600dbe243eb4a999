"""The page around a page, as `Chrome::get_dom` hands it out: made up here, in the manner of the Jupiter theme."""

import json
from html import escape

from tests.lab.cpsrvd.languages import Locale

_WORDS = {
    "en": {
        "skip": "Skip to the content",
        "tools": "Tools",
        "doctor": "AutoSSL Doctor",
        "logout": "Log out",
        "imitation": "Imitation of cPanel, for tests and demonstrations",
    },
    "ja": {
        "skip": "本文へ移動",
        "tools": "ツール",
        "doctor": "AutoSSL Doctor",
        "logout": "ログアウト",
        "imitation": "テストとデモのための cPanel の模造品です",
    },
}

# Loose global rules as in a panel built on a CSS framework: a plugin has to live with them and may not change them.
_CSS = """
*, *::before, *::after { box-sizing: border-box; }
:root { color-scheme: light dark; --bar: #1c2b39; --bar-text: #fff; --nav: #f1f4f7; --text: #23303c; --page: #fff;
  --line: #d5dce3; --link: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --bar: #0b131a; --nav: #17222c; --text: #e4eaf0; --page: #101921;
  --line: #34424f; --link: #7db8f5; } }
body { margin: 0; font: 14px/1.43 "Open Sans", "Noto Sans", "Noto Sans CJK JP", Arial, sans-serif;
  color: var(--text); background: var(--page); }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
h1, h2, h3 { font-weight: 400; line-height: 1.1; margin: 20px 0 10px; }
ul, ol { margin: 0 0 10px; }
p { margin: 0 0 10px; }
button, input, select, textarea { font: inherit; }
table { border-collapse: collapse; }
.cp-skip { position: absolute; inset-inline-start: -9999px; }
.cp-skip:focus { inset-inline-start: 0; padding: 10px; background: var(--page); z-index: 2; }
.cp-bar { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; padding: 10px 16px;
  background: var(--bar); color: var(--bar-text); }
.cp-bar strong { margin-inline-end: auto; font-weight: 600; }
.cp-bar a { color: inherit; text-decoration: underline; }
.cp-body { display: flex; min-height: calc(100vh - 44px); }
.cp-nav { flex: 0 0 190px; padding: 16px; background: var(--nav); border-inline-end: 1px solid var(--line); }
.cp-nav ul { list-style: none; padding: 0; }
.cp-nav a { display: block; padding: 8px 0; }
#content { flex: 1 1 auto; min-width: 0; padding: 16px; }
@media (max-width: 767px) { .cp-body { display: block; } .cp-nav { padding: 4px 16px; border-inline-end: 0;
  border-bottom: 1px solid var(--line); } }
@media print { .cp-bar, .cp-nav { display: none; } }
"""

# A loader of modules stands in every page of the panel. An anonymous module from a plain script is an error there.
_LOADER = """
window.require = function (names, then) {
  if (typeof names === "string") { throw new Error("Module name has not been loaded yet: " + names); }
  if (then) { setTimeout(then, 0); }
};
window.requirejs = window.require;
window.define = function (name) {
  if (typeof name !== "string") { throw new Error("Mismatched anonymous define() module"); }
};
window.define.amd = { jQuery: true };
"""


def around(title: str, user: str, locale: Locale, token: str) -> tuple[str, str]:
    """The HTML before and after a page's own content; the second part closes what the first one opened."""
    words = _WORDS["ja" if locale.locale == "ja" else "en"]
    page = {"security_token": token, "user": user, "locale": locale.locale, "app": "autossl_doctor"}
    header = f"""<!DOCTYPE html>
<html lang="{locale.html}" dir="{locale.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cPanel - {escape(title)}</title>
<link rel="icon" href="data:,">
<style>{_CSS}</style>
<script>
window.PAGE = {for_script(page)};
window.CPANEL = {for_script({"security_token": token, "version": "stand-in"})};
{_LOADER}</script>
</head>
<body>
<a class="cp-skip" href="#content">{words["skip"]}</a>
<header class="cp-bar"><strong>cPanel</strong><span>{words["imitation"]}</span><span>{escape(user)}</span>
<a href="{token}/logout/">{words["logout"]}</a></header>
<div class="cp-body">
<nav class="cp-nav" aria-label="{words["tools"]}"><ul>
<li><a href="{token}/frontend/jupiter/autossl_doctor/index.live.cgi">{words["doctor"]}</a></li>
</ul></nav>
<main id="content">
"""
    return header, "\n</main>\n</div>\n</body>\n</html>\n"


def for_script(value: object) -> str:
    """JSON that cannot end the script element in which it stands."""
    text = json.dumps(value)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
