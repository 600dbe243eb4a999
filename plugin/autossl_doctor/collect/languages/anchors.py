"""What AutoSSL never translates: codes, ACME error names, names in brackets, the kinds of tests.

Where no lexicon knows a message, these parts are put into the English frame that the signatures know. What has none of
them stays unknown. What stands in quotation marks may be a website's: nothing is read from it, and where a message has
the address of a test in it, it quotes what a website answered, so it says nothing about orders or certificates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autossl_doctor.collect.languages.answers import DCV_URL, LONGEST, answer
from autossl_doctor.collect.languages.quoted import Parted, part
from autossl_doctor.collect.languages.refusals import Refusal, refusal
from autossl_doctor.collect.runs.leads_to import name_in_ca_words

_DOMAIN = r"[^\s“”\"'‘’「」『』«»()（）\[\]<>/\\,;:@：]{1,253}\.[^\s“”\"'‘’「」『』«»()（）\[\]<>/\\,;:@：.]{2,63}"
_CODE = re.compile(
    r"[^\n:：“”„\"「」『』«»<>]{1,60}[:：]\s?([A-Z][A-Z0-9]*_[A-Z0-9_]{2,78})(?:\s?[:：](.*))?", re.DOTALL
)
_VERIFY = re.compile(r"(?<![0-9A-Za-z:])\d{1,2}:\d{1,3}:[A-Z][A-Z0-9_]{3,60}")
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
_NAMED = re.compile(rf"[(（\[［]({_DOMAIN})[)）\]］]\s?[:：]\s?")
_METHOD = re.compile(r"(?<![A-Za-z])(HTTP|DNS)(?![A-Za-z])")
_TEST = re.compile(r"(?<![A-Za-z])DCV(?![A-Za-z])")
_LONGEST_BEGINNING = 120
_NO_URL = "https://acme.invalid/"


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
    named = _NAMED.search(text)
    before = part(text[: named.start()]) if named is not None else None
    if named is not None and before is not None and not before.urls():
        yield from _about_name(before, named.group(1), text[named.end() :])
        return
    whole = part(text)
    proof = _VERIFY.search(whole.outside) if whole is not None else None
    if proof is not None and not DCV_URL.search(text):
        yield f"Defect: OPENSSL_VERIFY: ({proof.group()})"
    elif (refused := refusal(text)) is not None:
        yield from _from_ca(refused)
    else:
        # A failure that stands for itself, as in the database of problems.
        yield from (f"HTTP DCV: {said}" for said in answer(text))


def _about_name(before: Parted, name: str, rest: str) -> Iterator[str]:
    """Read a message that begins with words and a name in brackets: which test it was, and whose."""
    by_ca = any(each.text for each in before.parts)
    refused = refusal(rest)
    if refused is not None and not refused.before:
        yield f"“CA” general error ({name}): {refused.error}"
        return
    methods = {found.group(1) for found in _METHOD.finditer(before.outside)}
    if len(before.outside) > _LONGEST_BEGINNING or not _TEST.search(before.outside) or len(methods) != 1:
        # It does not say which test it is: only what a web server answered tells that.
        yield from (f"Local HTTP DCV error ({name}): {said}" for said in answer(rest))
    elif by_ca:
        yield f"“CA” general error ({name}): {rest}"
    else:
        yield f"Local {methods.pop()} DCV error ({name}): {rest}"


def _from_ca(refused: Refusal) -> Iterator[str]:
    """Say again what a CA answered to an order, or of a name that its own words tell."""
    status = refused.error.partition(" ")[0]
    yield f"“{refused.url or _NO_URL}” indicated an ACME error: {status} Error ({refused.error})."
    if name_in_ca_words(refused.error):
        yield f"MASTER DCV: {refused.error}"


def reason(text: str) -> Iterator[str]:
    """Give what the reason of a failed test may be in English."""
    if len(text) > LONGEST:
        return
    refused = refusal(text)
    if refused is not None and refused.is_begun_plainly():
        yield refused.error
    else:
        yield from answer(text)
