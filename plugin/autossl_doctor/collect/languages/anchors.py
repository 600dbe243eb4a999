"""What AutoSSL never translates: codes, URLs, HTTP statuses, ACME error names, system errors, the prefixes of tests.

Where no lexicon knows a message, these parts are put into the English frame that the signatures know. What has none of
them stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DOMAIN = r"[^\s“”\"'‘’「」『』«»()（）<>/\\,;:@：]{1,253}\.[^\s“”\"'‘’「」『』«»()（）<>/\\,;:@：.]{2,63}"
_CODE = re.compile(r"[^\n:：“”\"「」<>]{1,60}[:：]\s?([A-Z][A-Z0-9]*_[A-Z0-9_]{2,78})(?:\s?[:：](.*))?", re.DOTALL)
_VERIFY = re.compile(r"\d{1,2}:\d{1,3}:[A-Z][A-Z0-9_]{3,60}")
_IMPEDIMENTS = frozenset(
    (
        "CERTIFICATE_IS_EXTERNALLY_SIGNED",
        "CERTIFICATE_HAS_MAX_DOMAINS",
        "COMPLETELY_EXCLUDED",
        "NO_UNSECURED_DOMAIN_PASSED_DCV",
        "SECURED_DOMAIN_DCV_FAILURE",
        "TOTAL_DCV_FAILURE",
    )
)
_DEFECTS = frozenset(
    (
        "ALMOST_EXPIRED",
        "CA_CERTIFICATE_ALMOST_EXPIRED",
        "EMPTY_CERTIFICATE",
        "INVALID_CERTIFICATE",
        "MISSING_CERTIFICATE",
        "NO_SSL",
        "OCSP_REVOKED",
        "OPENSSL_VERIFY",
        "WEAK_KEY",
        "WEAK_SIGNATURE",
    )
)
_ACME = re.compile(r"\d{3} urn:ietf:params:acme:error:[A-Za-z]{2,40}\b")
_NAMED = re.compile(rf"[(（]({_DOMAIN})[)）]\s?[:：]\s?")
_LOCAL = re.compile(r"\b(HTTP|DNS) DCV\b")
_URL = re.compile(r"[“\"「『«„]?(https?://[^\s“”\"「」『』«»„]{4,2048})[”\"」』»“]?")
_DCV_URL = re.compile(r"/\.well-known/|cpaneldcv|cpanel-dcv")
_STATUS = re.compile(r"\b([1-5]\d\d) ?[(（]([^()（）\n]{0,80})[)）]")
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|«[^»]*»|„[^“]*“|\"[^\"]*\"")
_ADDRESS = re.compile(
    r"[“\"「『«„]\s?(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})\s?[”\"」』»“]"
)
_SYSTEM = re.compile(
    r"(?:Could not connect to '|Timed out while waiting for socket|SSL connection failed for |Unexpected end of stream"
    r"|Could not read from socket|Socket closed by remote server|Malformed Status-Line)[^\n]*"
)
_WRITING = re.compile(
    r"[“\"「『«„](/[^“”\"「」『』«»„\n]{1,1000})[”\"」』»“].{0,300}?\b(Permission denied|Disk quota exceeded"
    r"|No space left on device|Read-only file system|Not a directory|Operation not permitted|File exists)",
    re.DOTALL,
)
_ANY_DOMAIN = re.compile(rf"[“\"「『«„]\s?({_DOMAIN})\s?[”\"」』»“]")
LONGEST = 16 * 1024


def english(text: str) -> Iterator[str]:
    """Give what a message of trouble may be in English, by its untranslated parts alone."""
    if len(text) > LONGEST:
        return
    code = _CODE.fullmatch(text)
    if code is not None:
        word = "Impediment" if code.group(1) in _IMPEDIMENTS else "Defect" if code.group(1) in _DEFECTS else ""
        if word:
            # A code that nobody here knows says nothing, in any language.
            yield f"{word}: {code.group(1)}: {(code.group(2) or '').strip()}"
        return
    if (proof := _VERIFY.search(text)) is not None:
        yield f"Defect: OPENSSL_VERIFY: ({proof.group()})"
    acme = _ACME.search(text)
    named = _NAMED.search(text)
    if acme is not None:
        yield from _from_ca(text[acme.start() :], named.group(1) if named and named.end() <= acme.start() else "")
    elif named is not None and (method := _LOCAL.search(text, 0, named.start())) is not None:
        yield f"Local {method.group(1)} DCV error ({named.group(1)}): {text[named.end() :]}"
    else:
        yield from reason(text)


def _from_ca(error: str, name: str) -> Iterator[str]:
    if name:
        yield f"“CA” general error ({name}): {error}"
    yield error


def reason(text: str) -> Iterator[str]:
    """Give what the reason of a failed test may be in English."""
    if (acme := _ACME.search(text)) is not None:
        yield text[acme.start() :]
        return
    writing = _WRITING.search(text)
    if writing is not None:
        path, error = writing.groups()
        yield f"The system failed to create the directory “{path}” because of an error: {error}"
        yield f"The system failed to create the temporary file “{path}” because of an error: {error}"
        return
    urls = list(dict.fromkeys(found.group(1) for found in _URL.finditer(text)))
    if not any(_DCV_URL.search(url) for url in urls):
        return
    last = [found.end() for found in _URL.finditer(text)][-1]
    # What a website wrote stands in quotation marks or brackets of its own: it is no status.
    rest = text[last:]
    status = _STATUS.search(_QUOTED.sub("", rest))
    system = _SYSTEM.search(rest)
    elsewhere = _elsewhere(rest)
    first = next((url for url in urls if "/.well-known/" in url), urls[0])
    if system is not None:
        error = re.split(r"[^\x20-\x7e]", system.group())[0].strip(" .")
        yield f"The system failed to fetch the DCV file at “{first}” because of an error: {error}.{elsewhere}"
    elif status is not None:
        answer = f"the following error: {status.group(1)} ({status.group(2)})"
        web = f"A DNS (Domain Name System) or web server misconfiguration may exist.{elsewhere}"
        query = "The system queried for a temporary file at "
        if len(urls) > 1:
            other = next(url for url in urls if url != first)
            redirected = f"“{other}”, which was redirected from “{first}”"
            yield f"{query}{redirected}. The web server responded with {answer}. {web}"
        else:
            yield f"{query}“{first}”, but the web server responded with {answer}. {web}"


def _elsewhere(rest: str) -> str:
    """Say again that the name leads to another server, where a quoted name and a quoted address end the message."""
    address = _ADDRESS.search(rest)
    if address is None:
        return ""
    name = next((found.group(1) for found in _ANY_DOMAIN.finditer(rest) if found.group(1) != address.group(1)), "")
    if not name:
        return ""
    return f" The domain “{name}” resolved to an IP address “{address.group(1)}” that does not exist on this server."
