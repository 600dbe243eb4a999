"""Every situation of every cause, judged by all causes: what is expected appears, and nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.model.report import SiteVerdict
from tests.causes.situations import catalogue, judge, situations

ALL = situations()
LEAST = 3


@pytest.mark.parametrize(("cause", "situation"), ALL, ids=[f"{cause}: {each['name']}" for cause, each in ALL])
def test_a_situation_has_exactly_the_findings_it_expects(cause: str, situation: dict[str, Any], tmp_path: Path) -> None:
    """A situation gives its findings through all causes, and nothing else."""
    expect = situation["expect"]
    report = judge(situation, tmp_path)
    server = {finding.cause for finding in report.server_findings}
    assert server == set(expect.get("server", [])), cause
    if not report.sites:
        assert "main" not in expect
        return
    others = expect.get("others", {})
    assert len(report.sites) == 1 + len(others)
    for site in report.sites:
        compare(site, others.get(site.site, expect))


def compare(site: SiteVerdict, expect: dict[str, Any]) -> None:
    """Compare what is said about one website with what is expected."""
    said = [finding.cause for finding in site.findings]
    assert said[0] == expect["main"]
    assert sorted(said) == sorted(expect["findings"])
    for axis in ("visitors", "renewal"):
        if axis in expect:
            assert getattr(site, axis) == expect[axis], axis
    for field in ("severity", "confidence"):
        if field in expect:
            assert getattr(site.main, field) == expect[field], field
    if "uncovered" in expect:
        assert sorted(site.uncovered) == sorted(expect["uncovered"])
    for name, value in expect.get("args", {}).items():
        given = site.main.args.get(name)
        plain = given.total_seconds() if isinstance(given, timedelta) else given
        assert (list(given) if isinstance(given, tuple) else plain) == value, name
    if "act_by" in expect:
        assert site.main.act_by is not None
        assert site.main.act_by.strftime("%Y-%m-%dT%H:%M:%SZ") == expect["act_by"]


@pytest.mark.parametrize("cause", [cause.id for cause in catalogue().causes])
def test_every_cause_has_a_match_and_a_near_miss(cause: str) -> None:
    """A cause comes with situations in which it appears and in which it does not."""
    own = [situation for name, situation in ALL if name == cause]
    expected = [
        cause in situation["expect"].get("findings", []) or cause in situation["expect"].get("server", [])
        for situation in own
    ]
    assert len(own) >= LEAST
    assert True in expected
    assert False in expected
