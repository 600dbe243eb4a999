"""A finding read back from plain data; by itself, because pages read findings and never make records of hosts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from autossl_doctor.model.finding import Argument, Evidence, Finding


def finding_from(data: Mapping[str, Any], types: Mapping[str, str]) -> Finding:
    """Read a finding again; `types` are the argument types of its cause, such as {"not_after": "moment?"}.

    Raises KeyError, TypeError or ValueError where the data is no finding.
    """
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
        act_by=datetime.fromisoformat(data["act_by"]) if data["act_by"] else None,
        evidence=tuple(Evidence(str(seen["source"]), seen["at"], str(seen["text"])) for seen in data["evidence"]),
    )


def _typed(value: Any, kind: str) -> Argument:
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == "duration":
        return timedelta(seconds=value)
    if kind == "count":
        return int(value)
    return tuple(map(str, value)) if isinstance(value, list) else str(value)
