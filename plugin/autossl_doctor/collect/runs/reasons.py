"""Why a test failed, and which name it was about."""

from __future__ import annotations

from collections.abc import Mapping

from autossl_doctor.collect.signatures.lexicon import Lexicon
from autossl_doctor.collect.signatures.wording import without_exception_id
from autossl_doctor.model.log import NO_FIELDS, UNRECOGNISED


def classify(reasons: Lexicon, fields: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Tell the kind of failure behind a failed test; its fields join those of the line."""
    found = reasons.find(without_exception_id(fields.get("reason", "").strip()))
    if found is None:
        return UNRECOGNISED, fields
    tested, resolved = fields.get("domain", "").lower(), (found[2] or NO_FIELDS).get("resolved", "").lower()
    if tested and resolved and tested != resolved and not tested.endswith(f".{resolved}"):
        # AutoSSL speaks of the name that it tested; another one stands in somebody else's words.
        return UNRECOGNISED, fields
    return found[0].id, {**fields, **(found[2] or NO_FIELDS)}


def tested_name(fields: Mapping[str, str]) -> str:
    """Give the name that a message is about: named by the line, else by its reason, else by the tested address."""
    name = fields.get("domain") or fields.get("resolved")
    if not name:
        name = fields.get("url", "").partition("://")[2].partition("/")[0].partition(":")[0]
    return name.lower()
