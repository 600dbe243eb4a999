"""A finding read back from plain data; by itself, because pages read findings and never make records of hosts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from autossl_doctor.model.finding import CONFIDENCES, SEVERITIES, Argument, Evidence, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WHO = ("owner", "host", "dns", "ca", "nobody")


def finding_from(data: Mapping[str, Any], types: Mapping[str, str]) -> Finding:
    """Read a finding again; `types` are the argument types of its cause, such as {"not_after": "moment?"}.

    Raises KeyError, TypeError or ValueError where the data is no finding.
    """
    known = data["who"] in _WHO and data["severity"] in SEVERITIES and data["confidence"] in CONFIDENCES
    if not known or not isinstance(data["cause"], str):
        raise ValueError("an unknown word in a finding")
    if not isinstance(data["args"], dict) or not isinstance(data["domains"], list):
        raise TypeError("a finding of another shape")
    args = {
        name: _typed(value, types.get(name, "text").removesuffix("?"))
        for name, value in data["args"].items()
        if value is not None
    }
    return Finding(
        cause=data["cause"],
        who=data["who"],
        severity=data["severity"],
        confidence=data["confidence"],
        domains=tuple(map(str, data["domains"])),
        args=args,
        act_by=_moment(data["act_by"]) if data["act_by"] else None,
        evidence=tuple(Evidence(str(seen["source"]), seen["at"], str(seen["text"])) for seen in data["evidence"]),
    )


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def _typed(value: Any, kind: str) -> Argument:
    if kind == "moment":
        return _moment(value)
    try:
        if kind == "duration":
            return timedelta(seconds=value)
        if kind == "count":
            return int(value)
    except OverflowError as error:
        raise ValueError("a number beyond all measure") from error
    return tuple(map(str, value)) if isinstance(value, list) else str(value)
