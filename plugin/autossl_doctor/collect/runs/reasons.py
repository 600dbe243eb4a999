"""Why a test failed, and which name it was about."""

from __future__ import annotations

from collections.abc import Mapping

from autossl_doctor.collect.runs.leads_to import name_in_ca_words, reached_by_ca, sharpen
from autossl_doctor.collect.signatures.lexicon import Lexicon, lines, refusals
from autossl_doctor.collect.signatures.wording import without_exception_id
from autossl_doctor.model.log import NO_FIELDS, UNRECOGNISED

_OWN_PORTS = (":443", ":80")
_ANSWERED = {"order.busy": "ca.busy", "order.rate_limited": "ca.rate_limited", "order.refused": "ca.policy"}
"""What an answer to an order means where it is the reason why a name was not accepted."""
_UNREACHABLE = "server.unreachable"
_FETCHED = "The system failed to fetch the DCV file because of an error: "


def classify(reasons: Lexicon, fields: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Tell the kind of failure behind a failed test; its fields join those of the line."""
    reason = without_exception_id(fields.get("reason", "").strip())
    found = reasons.find(reason) or reasons.search(reason)
    if found is None:
        return said_of_the_server(reason) or _answered(reason), fields
    tested, resolved = fields.get("domain", "").lower(), (found[2] or NO_FIELDS).get("resolved", "").lower()
    if tested and resolved and tested != resolved and not tested.endswith(f".{resolved}"):
        # AutoSSL speaks of the name that it tested; another one stands in somebody else's words.
        return UNRECOGNISED, fields
    signature, joined = found[0], {**fields, **(found[2] or NO_FIELDS)}
    if signature.id == _UNREACHABLE and _is_the_check(joined.get("ca", ""), tested):
        return classify(reasons, {**fields, "reason": _FETCHED + reason})
    led_to = joined.get("onward") or joined.get("final", "")
    kept = signature.in_place and _address(led_to) == _address(joined.get("url", ""))
    return sharpen(signature.in_place if kept else signature.id, joined)


def said_of_the_server(reason: str) -> str:
    """Tell the kind of a reason that is a message of its own about trouble of the server; "" if it is none."""
    found = lines().find(without_exception_id(reason.strip())) if reason else None
    return found[0].id if found is not None and found[0].about == "server" else ""


def _answered(reason: str) -> str:
    """Tell the kind of a reason that is an answer to an order."""
    found = lines().find(reason)
    return _ANSWERED.get(found[0].id, UNRECOGNISED) if found is not None else UNRECOGNISED


def _is_the_check(address: str, tested: str) -> bool:
    """Tell whether it was the website itself that was asked, and not the CA."""
    asked = address.partition("/")[0].partition(":")[0].lower()
    return bool(tested) and (asked == tested or asked.endswith(f".{tested}") or tested.endswith(f".{asked}"))


def _address(url: str) -> tuple[str, str]:
    """Give name and path of a web address; the port is left out where it is the scheme's own."""
    host, slash, path = url.partition("://")[2].partition("/")
    for port in _OWN_PORTS:
        host = host.removesuffix(port)
    return host.lower(), slash + path


def classify_refusal(reasons: Lexicon, fields: Mapping[str, str], kind: str) -> tuple[str, Mapping[str, str]]:
    """Tell why the CA did not accept a name; `kind` where its words say nothing that is known."""
    reason = without_exception_id(fields.get("reason", "").strip())
    if not fields.get("domain") and (name := name_in_ca_words(reason)):
        fields = {**fields, "domain": name}
    reached = reached_by_ca(reason)
    if reached is not None:
        return reached[0], {**fields, **reached[1]}
    known, merged = classify(reasons, fields)
    if known != UNRECOGNISED:
        return known, merged
    found = refusals().find(reason)
    return (kind, fields) if found is None else (found[0].id, {**fields, **(found[2] or NO_FIELDS)})


def tested_name(fields: Mapping[str, str]) -> str:
    """Give the name that a message is about: named by the line, else by its reason, else by the tested address."""
    name = fields.get("domain") or fields.get("wildcard") or fields.get("resolved")
    if not name:
        name = (fields.get("url") or fields.get("checked", "")).partition("://")[2].partition("/")[0].partition(":")[0]
    name = name.lower()
    while name.startswith("_"):
        # A record beside the name, such as _acme-challenge.
        name = name.partition(".")[2]
    return name
