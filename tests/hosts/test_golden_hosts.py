"""Whole hosts from their files to their verdicts: each website has the answer that golden.yaml says it deserves."""

import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from autossl_doctor.entry.cli import main
from tests.lab import hosts
from tests.lab.hosts import (
    COMMERCIAL,
    CPANEL,
    Account,
    Certificate,
    Cron,
    Extra,
    Host,
    QueueRow,
    Run,
    Site,
    check,
    order,
)
from tests.lab.issuers import Issuer
from tests.lab.reading import run_directories

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("golden.yaml").read_text("utf-8"))


def site(
    domain: str,
    user: str | Account,
    days_left: float | None = None,
    issuer: Issuer | None = None,
    **more: Any,
) -> Site:
    """A website; with `days_left`, its certificate ends then."""
    account = user if isinstance(user, Account) else Account(user)
    if days_left is not None:
        kept = Certificate() if issuer is None else Certificate(issuer=issuer)
        more["certificate"] = replace(kept, days_left=days_left)
    return Site(domain, account, **more)


# --- the hosts


def three_hourly_lets_encrypt() -> Host:
    """An ordinary server with five websites, each in another situation, and a queue row of a former provider."""
    left_over = QueueRow(
        domain_set_name="yuki-pottery.example",
        username="yuki",
        order_item_id="70011223",
        request_time=NOW - 400 * DAY,
        last_poll_time=NOW - 390 * DAY,
    )
    sites = (
        site("yuki-pottery.example", "yuki"),
        site("ren-cycles.example", "ren", -1.4, checks={"*": check.elsewhere("203.0.113.88")}),
        site("sora-dental.example", Account("sora", feature_list="basic"), 40),
        site("mio-museum.example", "mio", 17.3, checks={"mail.": check.no_address()}),
        site("kai-blog.example", "kai", 14.2, service_names=("mail.",), checks={"*": check.http_status(403)}),
    )
    return Host(now=NOW, sites=sites, queue=(left_over,))


def sectigo_with_a_queue() -> Host:
    """A server of the days of Sectigo: a daily check, and orders that a poller asks for."""
    sites = (
        site("fresh-order.example", "fresh", 14.0, CPANEL, order=order.pending()),
        site("old-order.example", "old", 12.2, CPANEL, order=order.pending()),
        site("delivered.example", "delivered", 14.0, CPANEL),
        site("quiet.example", "quiet", 60, CPANEL),
        site("lost.example", "lost", 13.0, CPANEL, checks={"*": check.http_status(404)}),
    )
    return Host(now=NOW, provider="cPanel", version="11.110.0.50", sites=sites, run_count=5)


def _four() -> tuple[Site, ...]:
    return (
        site("good.example", "good"),
        site("moved.example", "moved", -3, checks={"*": check.elsewhere("198.51.100.9")}),
        site("soon.example", "soon", 4, service_names=(), checks={"*": check.http_status(404)}),
        site("asleep.example", Account("asleep", suspended=True)),
    )


def stopped_schedule() -> Host:
    """The job is there, and no run has come for more than a day."""
    return Host(now=NOW, sites=_four(), silent_for=26 * HOUR)


def schedule_gone() -> Host:
    """The job's file has disappeared after a run."""
    return Host(now=NOW, sites=_four(), cron=Cron.MISSING)


def switched_off() -> Host:
    """Somebody chose no provider; a run from before is still in the log."""
    return Host(now=NOW, provider=None, sites=_four(), runs=(Run(start=NOW - 5 * DAY),))


def died_run() -> Host:
    """A good run, and one that was killed after its first account."""
    sites = (
        site("reached.example", "reached"),
        site("missing.example", "missing", 10, service_names=(), checks={"*": check.http_status(404)}),
        Site(
            "placeholder.example",
            Account("place"),
            certificate=hosts.self_signed(),
            checks={"*": check.no_address()},
        ),
        site("contented.example", "zen"),
    )
    runs = (Run(start=NOW - 7 * HOUR - 13 * MINUTE), Run(start=NOW - 4 * HOUR - 13 * MINUTE, after_accounts=1))
    return Host(now=NOW, sites=sites, runs=runs, proc=True)


def live_run() -> Host:
    """A run is at work and has finished its first account."""
    sites = (
        site("done.example", "done"),
        site("failing.example", "failing", 10, service_names=(), checks={"*": check.http_status(404)}),
        site("quiet.example", "quiet"),
    )
    runs = (Run(start=NOW - 3 * HOUR - 13 * MINUTE), Run(start=NOW - 2 * MINUTE, after_accounts=1, alive=True))
    return Host(now=NOW, sites=sites, runs=runs, proc=True)


def translated_lines() -> Host:
    """A server whose default language is Japanese: half of the log's sentences are translated."""
    sites = (
        site("good.example", "good"),
        site("refused.example", "refused", -2, service_names=(), checks={"*": check.http_status(404)}),
        site("nowhere.example", "nowhere", 9, service_names=(), checks={"*": check.no_address()}),
        site("left-out.example", "leftout", 50, excluded=("*",)),
        site("asleep.example", Account("asleep", suspended=True)),
    )
    return Host(now=NOW, sites=sites, server_locale="ja")


def damaged_files() -> Host:
    """The families' server after a full disk: torn logs, broken databases and settings, unreadable certificates."""
    host = families()
    odd = (
        Extra(raw=b"\xff\xfe\x00 no record"),
        Extra(contents=None),
        Extra(contents="The clock went back.", at=NOW - 9 * DAY),
    )
    files: Mapping[str, str | bytes | None] = {
        "etc/localtime": None,
        "etc/trueuserdomains": b"\xff\xfe",
        "etc/userdatadomains.json": b"{",
        "usr/local/cpanel/version": b"\x00",
        "var/cpanel/autossl.json": b"[1,2",
        "var/cpanel/autossl_problems.sqlite": b"SQLite format 3\0 and nothing more",
        "var/cpanel/autossl_queue_cpanel.sqlite": b"junk",
        "var/cpanel/features/default": b"\xff\xff",
        "var/cpanel/users/aunt": b"\x00\x01",
        "var/cpanel/ssl/autossl/excludes/uncle.json": b"{]",
        "var/cpanel/ssl/apache_tls/parents.example/certificates": b"-----BEGIN CERTIFICATE-----\n!!",
        "var/cpanel/ssl/apache_tls/crash.example/certificates": b"",
    }
    runs = tuple(replace(run, torn=True, extra=odd) for run in hosts.scheduled_runs(host))
    return replace(host, runs=runs, files=files)


def saved_without_a_moment() -> Host:
    """The server whose schedule has stopped, looked at without saying when."""
    return stopped_schedule()


def no_logs() -> Host:
    """A server on which AutoSSL has never run: its log directory is empty."""
    sites = (
        site("covered.example", "covered"),
        Site("young.example", Account("young"), certificate=hosts.self_signed()),
        site("asleep.example", Account("asleep", suspended=True)),
        site("planless.example", Account("planless", feature_list="basic")),
        site("left-out.example", "leftout", 50, excluded=("*",)),
    )
    return Host(now=NOW, sites=sites, runs=())


def families() -> Host:
    """Several accounts: one with a main domain, addon domains, a subdomain and a parked name, the others with one."""
    family = Account("family")
    web_only = ("@", "www.")
    sites = (
        Site(
            "parents.example",
            family,
            certificate=Certificate(days_left=47.3, covers=web_only),
            checks=dict.fromkeys(hosts.SERVICE_NAMES, check.no_address()),
        ),
        site("daughter.example", family, 12, kind="addon", checks={"*": check.http_status(403)}),
        site(
            "blog.parents.example",
            family,
            25,
            kind="sub",
            service_names=(),
            checks={"www.": check.no_address()},
        ),
        site(
            "son.example",
            family,
            11,
            kind="addon",
            parked=("nickname.example",),
            checks={
                "nickname.example": check.unmanaged(),
                "www.nickname.example": check.unmanaged("nickname.example"),
            },
        ),
        site("aunt.example", Account("aunt", key_type="ecdsa-prime256v1"), 52),
        site("uncle.example", "uncle", 18.9, excluded=("*",)),
        Site(
            "cousin.example",
            Account("cousin"),
            certificate=Certificate(issuer=COMMERCIAL, covers=web_only, days_left=120, lifetime_days=199),
        ),
        site("crash.example", "crash", 9, service_names=(), checks={"*": check.http_status(500)}),
    )
    return Host(now=NOW, sites=sites)


def text_form_only() -> Host:
    """A server whose logs were saved in their text form only."""
    sites = (
        site("good.example", "good"),
        site("refused.example", "refused", 9, service_names=(), checks={"*": check.http_status(404)}),
        site("nowhere.example", "nowhere", 9, service_names=(), checks={"*": check.no_address()}),
    )
    host = Host(now=NOW, sites=sites)
    return replace(host, runs=tuple(replace(run, files="txt") for run in hosts.scheduled_runs(host)))


def old_wording() -> Host:
    """A saved server of 2017, whose sentences are those of versions 58 to 72."""
    sites = (
        site("good.example", "good"),
        site("refused.example", "refused", 9, service_names=(), checks={"*": check.http_status(404)}),
        site("nowhere.example", "nowhere", 9, service_names=(), checks={"*": check.no_address_old()}),
    )
    host = Host(now=NOW, version="11.70.0.10", sites=sites)
    return replace(host, runs=tuple(replace(run, wording="legacy") for run in hosts.scheduled_runs(host)))


HOSTS: Mapping[str, Callable[[], Host]] = {
    builder.__name__: builder
    for builder in (
        three_hourly_lets_encrypt,
        sectigo_with_a_queue,
        stopped_schedule,
        schedule_gone,
        switched_off,
        died_run,
        live_run,
        translated_lines,
        damaged_files,
        saved_without_a_moment,
        no_logs,
        families,
        text_form_only,
        old_wording,
    )
}

KNOWN_MISSES: Mapping[tuple[str, str], str] = {}
"""Websites whose verdict is wrong in this version, with the reason."""


# --- what a builder cannot do

TRANSLATIONS = (
    ("All domains are excluded from AutoSSL\\.", "すべてのドメインが AutoSSL から除外されています。"),
    ("Analyzing “(.+)” \\(website\\) …", "「\\1」の分析中 (ウェブサイト) …"),
    ("Every domain failed DCV\\.", "全てのドメインで DCV に失敗しました。"),
    ("AutoSSL will request a new certificate\\.", "AutoSSLが新証明書を要求します。"),
    ("TLS Status: Defective", "TLSステータス：欠陥"),
    ("TLS Status: OK", "TLSステータス：OK"),
    (
        "“([^”]+)” does not resolve to any IP addresses on the internet\\.",
        "「\\1」はネット上のIPアドレスで引けません。",
    ),
    ("“([^”]+)” is suspended\\.", "「\\1」は停止されています。"),
)
"""Sentences of cPanel's Japanese locale; the others stay English (facts, appendix B)."""


def translate(root: Path) -> None:
    """Put the sentences that cPanel translates into Japanese, in every log."""
    for directory in run_directories(root):
        lines = []
        for line in (directory / "json").read_text("utf-8").splitlines():
            record = json.loads(line)
            for english, japanese in TRANSLATIONS:
                record["contents"] = re.sub(english, japanese, record["contents"])
            lines.append(json.dumps(record, ensure_ascii=False))
        (directory / "json").write_text("\n".join(lines) + "\n", "utf-8")


@dataclass(frozen=True)
class Diagnosis:
    """The exit status and the answer of `diagnose`."""

    status: int
    report: Any

    @property
    def sites(self) -> Mapping[str, Any]:
        """The verdicts by website."""
        return {site["site"]: site for site in self.report["sites"]}


@pytest.fixture(scope="session")
def diagnose(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Diagnosis]:
    """Builds and judges a host, once."""
    done: dict[str, Diagnosis] = {}

    def once(name: str) -> Diagnosis:
        if name not in done:
            root = hosts.build(HOSTS[name](), tmp_path_factory.mktemp(name) / "root")
            if name == "translated_lines":
                translate(root)
            if name == "no_logs":
                (root / "var/cpanel/logs/autossl").mkdir(parents=True)
            now = [] if TABLE[name].get("now") == "none" else ["--now", NOW.isoformat()]
            printed = io.StringIO()
            with redirect_stdout(printed):
                status = main(["diagnose", "--root", str(root), "--format", "json", *now])
            done[name] = Diagnosis(status, json.loads(printed.getvalue()))
        return done[name]

    return once


# --- the comparison


def one_of(expected: str | Sequence[str]) -> list[str]:
    """The right answers."""
    return [expected] if isinstance(expected, str) else list(expected)


def websites() -> list[Any]:
    """Every website of the table, those with a wrong verdict in this version expected to fail."""
    return [
        pytest.param(
            host,
            name,
            id=f"{host}: {name}",
            marks=[pytest.mark.xfail(strict=True, reason=KNOWN_MISSES[host, name])]
            if (host, name) in KNOWN_MISSES
            else [],
        )
        for host, expected in TABLE.items()
        for name in expected["sites"]
    ]


@pytest.mark.parametrize(("host", "name"), websites())
def test_a_website_has_its_verdict(diagnose: Callable[[str], Diagnosis], host: str, name: str) -> None:
    """Both axes, the main finding, the further ones and the gaps are those of the table."""
    expected = TABLE[host]["sites"][name]
    verdict = diagnose(host).sites[name]
    causes = [finding["cause"] for finding in verdict["findings"]]
    assert verdict["visitors"] in one_of(expected["visitors"])
    assert verdict["renewal"] in one_of(expected["renewal"]), causes
    assert causes[0] in one_of(expected["main"])
    assert verdict["main"] == verdict["findings"][0]
    assert not set(expected.get("never", [])) & set(causes)
    if "also" in expected:
        assert sorted(causes[1:]) == sorted(expected["also"])
    assert set(expected.get("gaps", [])) <= {missing["fact"] for missing in verdict["could_not_check"]}


@pytest.mark.parametrize("host", TABLE)
def test_a_server_has_its_findings(diagnose: Callable[[str], Diagnosis], host: str) -> None:
    """The server findings and the exit status are those of the table, and no website is missing or invented."""
    expected, judged = TABLE[host], diagnose(host)
    allowed = expected["server"] if any(isinstance(item, list) for item in expected["server"]) else [expected["server"]]
    assert [finding["cause"] for finding in judged.report["server_findings"]] in allowed
    assert set(judged.sites) == set(expected["sites"])
    assert judged.status == expected["exit"]


def test_the_table_has_every_host() -> None:
    """Each host has its verdicts, and each verdict its host."""
    assert list(TABLE) == list(HOSTS)
    assert {host for host, _ in KNOWN_MISSES} <= set(TABLE)


def test_good_news_without_a_look_at_the_schedule_is_only_likely(diagnose: Callable[[str], Diagnosis]) -> None:
    """Where nobody said when, `healthy` stands, as likely."""
    assert diagnose("saved_without_a_moment").sites["good.example"]["main"]["confidence"] == "likely"
    assert diagnose("three_hourly_lets_encrypt").sites["yuki-pottery.example"]["main"]["confidence"] == "certain"


def test_the_text_form_of_a_log_is_at_most_likely(diagnose: Callable[[str], Diagnosis]) -> None:
    """What only `txt` says is never certain."""
    for verdict in diagnose("text_form_only").report["sites"]:
        assert verdict["main"]["confidence"] in ("likely", "possible")


def test_a_running_check_stands_second(diagnose: Callable[[str], Diagnosis]) -> None:
    """Behind trouble that is older, the live run is the second finding."""
    findings = diagnose("live_run").sites["failing.example"]["findings"]
    assert findings[1]["cause"] == "run_in_progress"


def test_what_was_not_recognised_is_counted(diagnose: Callable[[str], Diagnosis]) -> None:
    """Translated sentences and broken lines are counted and shown, never passed over."""
    assert diagnose("translated_lines").report["unrecognised"]["lines"] > 0
    assert diagnose("damaged_files").report["unrecognised"]["lines"] > 0
    assert diagnose("three_hourly_lets_encrypt").report["unrecognised"] == {"lines": 0, "samples": []}


def test_a_renewal_time_that_is_announced_lies_ahead(diagnose: Callable[[str], Diagnosis]) -> None:
    """What a stopped schedule is about to miss is counted from now on."""
    judged = diagnose("schedule_gone")
    (finding,) = judged.report["server_findings"]
    assert finding["args"].get("first_due", "9999") >= judged.report["generated_at"]


def judged_with(files: Mapping[str, bytes | None], host: Host, directory: Path) -> Diagnosis:
    """The diagnosis of a host some of whose files were replaced."""
    return diagnosed(hosts.build(replace(host, files=files), directory / "root"))


def diagnosed(root: Path) -> Diagnosis:
    """The diagnosis of a host that was built."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        status = main(["diagnose", "--root", str(root), "--format", "json", "--now", NOW.isoformat()])
    return Diagnosis(status, json.loads(printed.getvalue()))


@pytest.mark.parametrize("twin", ["whole", "missing"])
@pytest.mark.parametrize("content", [b"\x00\xff\n", b""], ids=["garbage", "empty"])
def test_a_damaged_list_of_websites_is_not_an_empty_server(tmp_path: Path, content: bytes, twin: str) -> None:
    """Where the panel's list cannot be read, the websites come from elsewhere, or it is said that they are unknown."""
    files: dict[str, bytes | None] = {"etc/userdatadomains": content}
    if twin == "missing":
        files["etc/userdatadomains.json"] = None
    judged = judged_with(files, three_hourly_lets_encrypt(), tmp_path)
    assert judged.status != 0
    assert judged.sites or judged.status == 2


def test_a_schedule_without_a_zone_is_not_taken_for_kept(tmp_path: Path) -> None:
    """Where the server's zone is unknown, a silent schedule is overdue or unchecked, and good news are only likely."""
    judged = judged_with({"etc/localtime": None}, stopped_schedule(), tmp_path)
    overdue = [finding["cause"] for finding in judged.report["server_findings"]] == ["run_overdue"]
    good = judged.sites["good.example"]
    assert overdue or "schedule" in {missing["fact"] for missing in good["could_not_check"]}
    assert overdue or good["main"]["confidence"] == "likely"
