"""What `explain` says of whole pasted runs: each thing once, the names and dates that the text gives, nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.entry.cli import main
from tests.causes.situations import catalogue

ACCOUNTS = [f"u{number}" for number in range(40)]
UNREACHED = "Could not connect to 'acme-v02.api.letsencrypt.org:443': Connection timed out"
TOTAL = "ERROR Impediment: TOTAL_DCV_FAILURE: Every domain failed DCV.\n"


@pytest.fixture(autouse=True)
def one_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The causes are read once for all cases."""
    monkeypatch.setattr("autossl_doctor.entry.commands.load", catalogue)


@pytest.fixture
def explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], list[dict[str, Any]]]:
    """The findings about a text."""

    def findings(text: str) -> list[dict[str, Any]]:
        path = tmp_path / "pasted"
        path.write_text(text, encoding="utf-8")
        main(["explain", str(path), "--format", "json"])
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
        return found

    return findings


def no_space(user: str) -> str:
    """The disk is full."""
    path = f"/home/{user}/public_html/.well-known"
    error = f"The system failed to create the directory “{path}” because of an error: No space left on device"
    return f"WARN Local HTTP DCV error ({user}.example): {error}\n{TOTAL}"


def unreached(user: str) -> str:
    """The CA is not reached."""
    error = f"request to “https://acme-v02.api.letsencrypt.org/acme/new-nonce” because of an error: {UNREACHED}"
    return f"ERROR Failed to begin “{user}”’s DCV: The system failed to send an HTTP “HEAD” {error}\n"


def unmanaged(user: str) -> str:
    """No nameserver answers for the account's domain."""
    return f"WARN “{user}.example” is unmanaged. Verify it.\nERROR AutoSSL cannot increase “{user}”’s SSL coverage.\n"


def broken(_: str) -> str:
    """An internal error."""
    return "ERROR An internal error occurred. Check the system log. (XID: 55jkbt)\n"


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        (no_space, "disk_or_quota_full"),
        (unreached, "ca_unreachable"),
        (unmanaged, "ca_unreachable"),
        (broken, "server_error"),
    ],
)
def test_trouble_of_the_server_is_told_once(
    trouble: Callable[[str], str], cause: str, *, headers: bool, explain: Callable[[str], list[dict[str, Any]]]
) -> None:
    """Forty accounts that failed for one reason are one finding about the server."""
    text = ""
    for user in ACCOUNTS:
        if headers:
            text += f"Analyzing “{user}”’s domains …\nAnalyzing “{user}.example” (website) …\n"
            text += "TLS Status: Ready for Renewal\n"
        text += trouble(user)
        text += f"The system has completed “{user}”’s AutoSSL check.\n" if headers else ""
    (finding,) = explain(text)
    assert finding["cause"] == cause
    assert finding["domains"] == []


def test_a_website_of_its_own_trouble_stands_beside_the_servers(explain: Callable[[str], list[dict[str, Any]]]) -> None:
    """What is wrong with one website alone is told as well."""
    text = "".join(f"Analyzing “{user}”’s domains …\n{no_space(user)}" for user in ACCOUNTS[:2])
    text += "Analyzing “tea”’s domains …\n"
    text += (
        "WARN Local HTTP DCV error (tea.example): “tea.example” does not resolve to any IP addresses on the internet.\n"
    )
    assert [finding["cause"] for finding in explain(text)] == ["disk_or_quota_full", "dns_no_address"]


NO_ADDRESS = "“mail.w.example” does not resolve to any IP addresses on the internet."
HELD_BACK = (
    "Analyzing “w.example” (website) …\nTLS Status: Ready for Renewal\nWARN Certificate expiry: {}\n"
    f"WARN Local HTTP DCV error (mail.w.example): {NO_ADDRESS}\nLocal HTTP DCV OK: w.example\n"
    "ERROR Impediment: SECURED_DOMAIN_DCV_FAILURE: One or more currently-secured domains failed DCV.\n"
)
OLD_DEFERRAL = (
    "AutoSSL will defer the renewal of “w.example”’s certificate because 2 domains (mail.w.example and www.w.example) "
    "that the current certificate secures failed DCV (Domain Control Validation). {}\n"
)
NAMELESS = (
    "TLS Status: Ready for Renewal\nHTTP DCV: Excess DCV HTTP redirection\nImpediment: SECURED_DOMAIN_DCV_FAILURE: x\n"
)
OLD_SECURED = "The current SSL certificate for “w.example” secures the domain “{}”. However, this domain failed DCV.\n"


@pytest.mark.parametrize(
    ("text", "holding", "drop_at"),
    [
        (HELD_BACK.format("1/5/27, 1:30 AM UTC (32.82 days from now)"), ["mail.w.example"], "2027-01-02T01:30:00Z"),
        (HELD_BACK.format("soon"), ["mail.w.example"], None),
        (
            OLD_DEFERRAL.format("The certificate expires on 12/1/17, 12:00 AM UTC."),
            ["mail.w.example", "www.w.example"],
            "2017-11-28T00:00:00Z",
        ),
        (
            OLD_DEFERRAL.format("AutoSSL will try again until 9/12/18, 12:00 AM UTC."),
            ["mail.w.example", "www.w.example"],
            "2018-09-12T00:00:00Z",
        ),
        (
            f"{OLD_SECURED.format('www.w.example')}{OLD_SECURED.format('mail.w.example')}",
            ["www.w.example", "mail.w.example"],
            None,
        ),
        (
            NAMELESS,
            None,
            None,
        ),
    ],
)
def test_a_deferral_names_its_names_and_its_date(
    text: str, holding: list[str] | None, drop_at: str | None, explain: Callable[[str], list[dict[str, Any]]]
) -> None:
    """Exactly the names that hold the renewal back, and three days before the end that the text tells."""
    first = explain(text)[0]
    assert first["cause"] == "renewal_deferred"
    assert first["domains"] == (holding or [])
    assert first["args"].get("holding") == holding
    assert first["args"].get("drop_at") == drop_at


def test_a_date_with_the_day_first_is_told_by_the_days_left(explain: Callable[[str], list[dict[str, Any]]]) -> None:
    """Servers write dates as their language does; how many days are left shows which order it was."""
    lines = HELD_BACK.format("05/01/27 01:30 UTC (32.83 days from now)").splitlines()
    first = explain("\n".join(f"[2026-12-03T05:41:05Z] {line}" for line in lines))[0]
    assert first["args"]["drop_at"].startswith("2027-01-02T01:")


@pytest.mark.parametrize("status", ["Incomplete", "Ready for Renewal"])
def test_a_name_on_the_certificate_is_no_mere_service_name(
    status: str, explain: Callable[[str], list[dict[str, Any]]]
) -> None:
    """AutoSSL says that a secured name failed; the one that did is it, whatever it is for."""
    text = HELD_BACK.format("x").replace("Ready for Renewal", status)
    wanted = "coverage_would_shrink" if status == "Incomplete" else "renewal_deferred"
    assert explain(text)[0]["cause"] == wanted


@pytest.mark.parametrize("skipped", ["“sleepy” is suspended.", "“sleepy” does not have the required features: autossl"])
def test_what_follows_a_skipped_account_is_not_its_own(
    skipped: str, explain: Callable[[str], list[dict[str, Any]]]
) -> None:
    """The websites behind an account that was passed over keep their own verdicts."""
    for text in (HELD_BACK.format("x"), f"Analyzing “w”’s domains …\n{HELD_BACK.format('x')}"):
        findings = explain(f"{skipped}\n{text}")
        held_back = next(finding for finding in findings if finding["cause"] == "renewal_deferred")
        assert held_back["domains"] == ["mail.w.example"]
        (passed,) = [each for each in findings if each["cause"] in ("account_suspended", "feature_off")]
        assert passed["args"] == {"account": "sleepy"}
