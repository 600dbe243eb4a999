"""A certificate that was put in place within a day is told as renewed, whatever date its CA wrote into it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.hosts.test_golden_hosts import diagnosed
from tests.lab import hosts
from tests.lab.hosts import CPANEL, LETS_ENCRYPT, Account, Certificate, Host, Issuer, Run, Site

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("issuer", "days_left", "written", "main"),
    [
        (CPANEL, 88.2, 23 * HOUR, "renewed"),  # the CA dates to the day of the order, and delivered a day later
        (CPANEL, 88.2, 25 * HOUR, "healthy"),
        (CPANEL, 60.0, 2 * HOUR, "healthy"),  # only the file is new
        (CPANEL, 88.2, -2 * HOUR, "healthy"),  # a copy whose clock was wrong
        (LETS_ENCRYPT, 88.2, 2 * HOUR, "healthy"),  # installed two days ago, whatever became of the file
    ],
)
def test_the_file_tells_when_it_was_put_in_place(
    tmp_path: Path, issuer: Issuer, days_left: float, written: timedelta, main: str
) -> None:
    """The run since then was content and says nothing of it."""
    site = Site("a.example", Account("alice"), certificate=Certificate(issuer=issuer, days_left=days_left))
    host = Host(
        now=NOW, provider="cPanel", version="11.108.0.12", sites=(site,), runs=(Run(start=NOW - 4 * HOUR),), minute=30
    )
    root = hosts.build(host, tmp_path / "root")
    moment = (NOW - written).timestamp()
    os.utime(root / "var/cpanel/ssl/apache_tls/a.example/certificates", (moment, moment))
    assert diagnosed(root).sites["a.example"]["main"]["cause"] == main
