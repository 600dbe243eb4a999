"""Messages that only say that an earlier check failed: what was wrong then stands in the log of an older run."""

from __future__ import annotations

import re

_LIMITED = frozenset(("ca.rate_limited", "order.rate_limited"))
_CACHED = "check.ca_cached_failure"
_OF_FAILED_CHECKS = re.compile(
    r"too many (?:recently )?failed|failed (?:authorizations|validations)|A rate limit prevents DCV\.?\Z", re.IGNORECASE
)


def repeats_a_failure(kind: str, text: str) -> bool:
    """Tell whether a message is about checks that failed before: a limit of failed checks, or an answer kept from then.

    Where the message does not say which limit it is, that of failed checks is by far the commonest.
    """
    return kind == _CACHED or (kind in _LIMITED and _OF_FAILED_CHECKS.search(text) is not None)
