"""Turning a message template into a pattern that matches a whole message and nothing else.

`{name}` is a placeholder with a narrow set of characters, `<a|b>` a choice. Typographic and straight quotes count as
equal, and so do `…` and three dots (facts, section 1.2). Quoted text that a website controls can only stand where a
template says so.
"""

from __future__ import annotations

import re

_DOMAIN = r"[^\s“”\"'‘’()<>/\\,;:@]{1,253}"
PLACEHOLDERS = {
    "domain": _DOMAIN,
    "vhost": _DOMAIN,
    "resolved": _DOMAIN,
    "zone": _DOMAIN,
    "user": r"[A-Za-z0-9_.+-]{1,64}",
    "count": r"\d[\d.,’' \u00a0\u202f]{0,11}",
    "ip": r"[0-9A-Fa-f:.]{2,45}",
    "status": r"\d{3}",
    "url": r"https?://[^\s“”\"]{1,4096}",
    "file": r"[^“”\"\s]{1,255}",
    "code": r"[A-Z][A-Z0-9_]{1,80}",
    "word": r"[A-Za-z0-9:_-]{1,80}",
    "provider": r"[^“”\"\n]{1,80}",
    "label": r"[^“”\"\n]{1,80}",
    "features": r"[^\n]{0,200}autossl[^\n]{0,200}",
    "names": r"[^\n()]{0,4000}",
    "order": r"[^“”\"\s]{1,64}",
    "started": r"[^\n]{6,60}?",
    "deferred": r"[^\n]{6,60}?",
    "expiry": r".{1,120}",
    "phrase": r".{0,400}?",
    "reason": r".+",
    "words": r".*?",
    "rest": r".*",
    # Words that do not end in AutoSSL's own statement about the address.
    "error": r"(?!.*that does not exist on this server\.\Z).*",
    # Words without the errors that repeat what the other side sent: their end could be forged.
    "trusted": r"(?!.*(?:Malformed |Unsupported HTTP protocol|exceeded the maximum length)).*",
}
_TOKEN = re.compile(r"\{(\w+)\}|<([^<>|]+(?:\|[^<>|]+)+)>|([“”])|(’)|(…)")
HEAD = 4


def pattern_source(template: str) -> tuple[str, tuple[str, ...]]:
    """Build the pattern of a template with numbered groups, and the names of these groups.

    A placeholder that comes a second time is not captured again.
    """
    parts: list[str] = []
    names: list[str] = []
    position = 0
    for token in _TOKEN.finditer(template):
        parts.append(re.escape(template[position : token.start()]))
        position = token.end()
        name, choice, quote, apostrophe, _ = token.groups()
        if name:
            parts.append(f"({'?:' if name in names else ''}{PLACEHOLDERS[name]})")
            names += [] if name in names else [name]
        elif choice:
            parts.append("(?:" + "|".join(_quotes(part) for part in choice.split("|")) + ")")
        elif quote:
            parts.append(f'[{quote}"]')
        elif apostrophe:
            parts.append("[’']")
        else:
            parts.append(r"(?:…|\.\.\.)")
    parts.append(re.escape(template[position:]))
    return "".join(parts), tuple(names)


def _quotes(text: str) -> str:
    return re.escape(text).replace("’", "[’']")


def template_key(template: str) -> str:
    """Give the letters that tell where to look for a template, or "" if they may vary.

    They are the first ones, or those behind a first quoted word.
    """
    head = template[:HEAD]
    if template.startswith("“{"):
        head = template.partition("”")[2][:HEAD]
        return f"“{head}" if len(head) == HEAD and not _varies(head) else ""
    return "" if len(head) < HEAD or _varies(head) else head


def message_key(text: str) -> str:
    """Give the same letters of a message."""
    if text[:1] == "“":
        end = text.find("”") + 1
        return f"“{text[end : end + HEAD]}"
    return text[:HEAD]


def _varies(head: str) -> bool:
    return any(sign in head for sign in "{}<>“”’…")


def is_literal(template: str) -> bool:
    """Tell whether the template is one fixed text, but for the shape of quotation marks and dots."""
    return not any(token[1] or token[2] for token in _TOKEN.finditer(template))
