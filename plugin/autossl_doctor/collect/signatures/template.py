"""Turning a message template into a pattern that matches a whole message and nothing else.

`{name}` is a placeholder with a narrow set of characters, `<a|b>` a choice. Typographic and straight quotes count as
equal, and so do `…` and three dots (facts, section 1.2). Quoted text that a website controls can only stand where a
template says so.
"""

from __future__ import annotations

import re

from autossl_doctor.collect.signatures.lookup_words import LOOKUP_WORDS

_FULL = r"(?: \([A-Za-z ]{1,60}\))?"
_SENDING = (
    rf"(?:(?:\(XID [0-9a-z]{{6}}\) )?The system failed to send an HTTP{_FULL} [“\"]GET[”\"] request to "
    r"[“\"][^\s“”\"]{1,4096}[”\"] because of an error: )?(?:\(XID [0-9a-z]{6}\) )?"
)
_WORDS = r"[^“”\"\n]"
# The untranslated errors of the program that fetches: no answer, no TLS, too much of an answer, no way to go on.
_TROUBLE = (
    rf"(?:Could not connect to '?[^\s']{{1,300}}?'?:(?! (?:Name or service|Temporary failure in name|No address))"
    rf" {_WORDS}{{1,200}}"
    rf"|(?:Connection (?:refused|timed out|reset)|Timed out|No route to host|Network is unreachable){_WORDS}{{0,200}}"
    rf"|Unexpected end of stream{_WORDS}{{0,80}}"
    rf"|Could not (?:read from|write to) socket: {_WORDS}{{0,200}}"
    rf"|Socket closed by remote server{_WORDS}{{0,200}}"
    r"|Malformed Status-Line: (?!.*that does not exist on this server\.\Z).*)"
)
# The address was not even found: by this server's resolver, or because there is none.
_CONNECTING = r"Could not connect to '?[^\s']{1,300}?'?: "
_UNRESOLVED = rf"{_CONNECTING}Temporary failure in name resolution{_WORDS}{{0,100}}"
_NAMELESS = rf"{_CONNECTING}(?:Name or service not known|No address associated with hostname){_WORDS}{{0,100}}"
_TLS = rf"(?:SSL connection failed for|SSL connect attempt failed){_WORDS}{{1,600}}"
_SCHEME = r"Unsupported URL scheme '?[^\s'“”\"]{0,40}'?\.?"
_OVERLONG = (
    r"(?:The response exceeded the maximum length \([^()\n]{1,20}\)\. \(.{0,20000}(?:…|\.\.\.)\)"
    r"|Size of response body exceeds the maximum allowed of [\d.,]{1,12}) ?\.?"
)
_FETCHING = f"{_TROUBLE}|{_UNRESOLVED}|{_NAMELESS}|{_TLS}|{_OVERLONG}"
_OVER_QUOTA, _NO_SPACE = r"(?:Disk quota exceeded|EDQUOT)", r"(?:No space left on device|ENOSPC)"
_NO_ROOM = rf"(?:{_OVER_QUOTA}|{_NO_SPACE})"
_DENIED = (
    r"(?:Permission denied|Operation not permitted|File exists|Not a directory|Is a directory|Read-only file system"
    r"|Too many levels of symbolic links)"
)
_MOVED = r"30[1-378]"
_DOMAIN = r"[^\s“”\"'‘’()<>/\\,;:@]{1,253}"
# Errors of the program that talks to the CA or the store: nobody was reached.
_UNREACHED = (
    r"(?:Could not connect to|SSL connection failed for|SSL connect attempt failed|Connection refused|Could not resolve"
    r"|Name or service not known|Temporary failure in name resolution|Network is unreachable|No route to host)"
)
_STRAIN = (
    r"\b(?:500|502|503|504)\b|busy|maintenance|overload|temporar\w* unavailable|service unavailable|"
    r"internal server error|bad gateway|gateway time-?out|timed out while waiting|try again later|retry later"
)
_OWN_FAULT = r"(?:The system failed to |You do not have a document root |The cPanel Store indicated an unknown failure)"
PLACEHOLDERS = {
    "domain": _DOMAIN,
    "vhost": _DOMAIN,
    "resolved": _DOMAIN,
    "zone": _DOMAIN,
    "parent": _DOMAIN,
    "alias": _DOMAIN,
    "unstarred": rf"(?!\*\.){_DOMAIN}",
    "wildcard": rf"\*\.{_DOMAIN}",
    "record": r".{1,400}?",
    "not_caa": r"(?!CAA\))[A-Z0-9]{1,12}",
    "not_txt": r"(?!TXT\))[A-Z0-9]{1,12}",
    "user": r"[A-Za-z0-9_.+-]{1,64}",
    "number": r"-?\d{1,9}",
    "count": r"\d[\d.,’' \u00a0\u202f]{0,11}",
    "ip": r"[0-9A-Fa-f:.]{2,45}",
    "status": rf"(?!{_MOVED})\d{{3}}",
    "moved": _MOVED,
    "url": r"https?://[^\s“”\"]{1,4096}",
    # Where a redirect led: the website wrote it.
    "final": r"[A-Za-z][A-Za-z0-9+.-]{0,20}:[^\s“”\"]{1,4096}",
    "onward": r"[A-Za-z][A-Za-z0-9+.-]{0,20}:(?:(?!redirected from)[^\n]){1,4096}",
    "full": _FULL,
    "cached": r"(?: \(cached\))?",
    "sending": _SENDING,
    "trouble": _TROUBLE,
    "unresolved": _UNRESOLVED,
    "nameless": _NAMELESS,
    "tls": _TLS,
    "scheme": _SCHEME,
    "overlong": _OVERLONG,
    "other": rf"(?!{_SENDING}(?:{_FETCHING})\Z)(?!.*that does not exist on this server\.\Z).*",
    "for_what": r" [^\n]{1,80}? ",
    "path": rf"{_WORDS}{{1,4096}}",
    "doing": r"[a-z0-9, ]{3,80}",
    "over_quota": rf"{_WORDS}{{0,300}}?{_OVER_QUOTA}{_WORDS}{{0,100}}",
    "no_space": rf"(?:(?!{_OVER_QUOTA}){_WORDS}){{0,300}}?{_NO_SPACE}(?:(?!{_OVER_QUOTA}){_WORDS}){{0,100}}",
    "denied": rf"(?:(?!{_NO_ROOM}){_WORDS}){{0,300}}?{_DENIED}(?:(?!{_NO_ROOM}){_WORDS}){{0,100}}",
    "gone": r"No such file or directory\.?",
    "preview": r".{0,400}?",
    "file": r"[^“”\"\s]{1,255}",
    "code": r"[A-Z][A-Z0-9_]{1,80}",
    "word": r"[A-Za-z0-9:_-]{1,80}",
    "token": r"[^\s“”\"()]{1,400}",
    "provider": r"[^“”\"\n]{1,80}",
    "label": r"[^“”\"\n]{1,80}",
    "features": r"[^\n]{0,200}autossl[^\n]{0,200}",
    "names": r"[^\n()]{0,4000}",
    "others": r"[^\n()]{0,4000}?",
    # A list of names without wildcards.
    "tame_names": r"(?:(?!\*\.)[^\n()]){1,4000}",
    "order": r"[^“”\"\s]{1,64}",
    "started": r"[^\n]{6,60}?",
    "deferred": r"[^\n]{6,60}?",
    "expiry": r".{1,120}",
    "phrase": r".{0,400}?",
    # What a CA answers: the status of a refusal and of a fault of its own, the words after the status, a time span.
    "client": r"[1-4]\d\d",
    "failing": r"5(?!99)\d\d",
    "refusal": r"(?:connection|unauthorized|dns|tls|incorrectResponse)(?![A-Za-z])",
    "title": r"[^()\n]{0,120}",
    "span": r"[^()\n]{1,60}",
    # Words that do (not) say that the other side is only overloaded or being worked on.
    "strained": rf"(?!.*{_UNREACHED})(?i:(?=.*(?:{_STRAIN}))).*",
    "calm": r"(?i:(?!.*(?:service busy|\(5\d\d urn:))).*",
    "busy": r"(?i:(?=.*(?:service busy|\(5\d\d urn:))).*",
    # What this server could not do itself, and what it says where somebody else answered.
    "own_error": r".+",
    "own_fault": rf"(?!.*{_UNREACHED})(?i:(?!.*(?:{_STRAIN}))){_OWN_FAULT}.*",
    "unstrained": rf"(?!.*{_UNREACHED})(?!{_OWN_FAULT})(?i:(?!.*(?:{_STRAIN}))).*",
    "unreached": rf"(?=.*{_UNREACHED}).*",
    "unsent": rf"(?=.*(?:{_UNREACHED}|failed to send an HTTP)).*",
    "answered": rf"(?!.*(?:{_UNREACHED}|failed to send an HTTP)).*",
    "listed": r"[^\n]{1,4000}?",
    # The address of a CA or a store, which is none of a check file; and one that can only be of a check file.
    "ca": r"(?![^\s“”\"]{0,300}/\.well-known/)[^\s“”\"]{1,4096}",
    "checked": r"(?:http://[^\s“”\"]{1,4096}|https://[^\s“”\"/]{1,300}/\.well-known/[^\s“”\"]{0,4096})",
    "reason": r".+",
    "words": r".*?",
    "rest": r".*",
    # Words that do not end in AutoSSL's own statement about the address.
    "error": r"(?!.*that does not exist on this server\.\Z).*",
    # Words without the errors that repeat what the other side sent: their end could be forged.
    "trusted": r"(?!.*(?:Malformed |Unsupported HTTP protocol|exceeded the maximum length)).*",
    **LOOKUP_WORDS,
}
_TOKEN = re.compile(r"\{(\w+)\}|<([^<>|]+(?:\|[^<>|]+)+)>|([“”])|(’)|(…)")
_VARYING = re.compile("[{}<>“”’…|]")
HEAD = TAIL = 4
LONG_HEAD = 14


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


def long_head(template: str) -> str:
    """Give more of the first letters, or "" if they may vary."""
    head = template[:LONG_HEAD]
    return "" if len(head) < LONG_HEAD or _varies(head) else head


def may_begin(template: str, letters: str) -> bool:
    """Tell whether a matching message may begin with these letters, by what stands before all that may vary."""
    fixed = _VARYING.split(template, maxsplit=1)[0]
    return letters.startswith(fixed) or fixed.startswith(letters)


def template_ends(template: str) -> tuple[str, ...]:
    """Give the letters that a matching message may end with, or "" if they may vary in more than the form of dots."""
    written = (f"{template[:-1]}…", f"{template[:-1]}...") if template.endswith("…") else (template,)
    ends = tuple(text[-TAIL:] for text in written)
    plain = all(len(end) == TAIL and not _varies(end.removesuffix("…")) for end in ends)
    return ends if plain else ("",)


def _varies(part: str) -> bool:
    return _VARYING.search(part) is not None


def is_literal(template: str) -> bool:
    """Tell whether the template is one fixed text, but for the shape of quotation marks and dots."""
    return not any(token[1] or token[2] for token in _TOKEN.finditer(template))
