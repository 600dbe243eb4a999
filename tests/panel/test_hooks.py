"""Hooks and upgrades in the stand-in: what runs when, with what on its standard input, and what an upgrade destroys."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.panel.before_installation import host_before_installation
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.hook_trial import PAYLOADS, try_hook
from tests.lab.panel.live_run import Manner

MANAGE = "/usr/local/cpanel/bin/manage_hooks"
HOOK, SEEN = "/opt/trial/hook", "/opt/trial/seen"
EVENTS = [
    ("System", "upcp", "post"),
    *(("Whostmgr", f"Accounts::{name}", "post") for name in ("Create", "Remove", "Modify")),
    ("Whostmgr", "AutoSSL::installssl", "post"),
    ("Whostmgr", "SSL::installssl", "post"),
]
pytestmark = pytest.mark.system("root and layered files")


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[StandingPanel]:
    """A host before an installation whose checks are quick."""
    with host_before_installation(tmp_path, manner=Manner(pace=0.01, delay=0.1)) as standing:
        yield standing


def put_hook(panel: StandingPanel, answer: str = "1") -> None:
    """Register a hook for all the events that keeps what it was given."""
    keys = ("category", "event", "stage")
    own = {"hook": HOOK, "exectype": "script"}
    described = [{**dict(zip(keys, event, strict=True)), **own} for event in EVENTS]
    text = f"""#!/bin/sh
[ "$1" = --describe ] && {{ echo '{json.dumps(described)}'; exit; }}
cat >> {SEEN}
echo >> {SEEN}
echo '{answer}'
"""
    path = panel.path(HOOK)
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    assert panel.run([MANAGE, "add", "script", HOOK]).returncode == 0


def seen(panel: StandingPanel) -> list[tuple[str, dict[str, object]]]:
    """The events that the hook was told, each with its data."""
    if not panel.path(SEEN).exists():
        return []
    events = [json.loads(line) for line in panel.read(SEEN).splitlines()]
    return [(event["context"]["event"], event["data"]) for event in events]


def test_accounts_come_change_and_go(panel: StandingPanel) -> None:
    """Each change reaches the hook after it was made, and the files of the host say the same."""
    put_hook(panel)
    panel.whm("createacct", username="nora", domain="nora.example", owner="rita")
    assert "nora.example: nora" in panel.read("/etc/userdomains")
    assert panel.run(["id", "-u", "nora"]).stdout != ""
    panel.whm("modifyacct", user="nora", newuser="nina")
    assert "USER=nina" in panel.read("/var/cpanel/users/nina")
    assert "nora" not in panel.read("/etc/passwd")
    assert panel.path("/home/nina/public_html").is_dir()
    panel.whm("modifyacct", user="nina", owner="rob")
    assert "OWNER=rob" in panel.read("/var/cpanel/users/nina")
    panel.whm("removeacct", username="nina")
    assert "nina" not in panel.read("/etc/userdatadomains")
    assert not panel.path("/home/nina").exists()
    assert [(event, data["user"]) for event, data in seen(panel)] == [
        ("Accounts::Create", "nora"),
        ("Accounts::Modify", "nora"),
        ("Accounts::Modify", "nina"),
        ("Accounts::Remove", "nina"),
    ]


def test_the_number_of_a_removed_account_is_used_again(panel: StandingPanel) -> None:
    """A new account may have name and number of one that is gone: only the day of its beginning differs."""
    number = panel.run(["id", "-u", "bob"]).stdout
    panel.whm("removeacct", username="bob")
    panel.whm("createacct", username="bob", domain="new-bob.example")
    assert panel.run(["id", "-u", "bob"]).stdout == number


def test_certificates_reach_the_hook(panel: StandingPanel) -> None:
    """One that AutoSSL installs in a check, and one that somebody installs by hand."""
    put_hook(panel)
    panel.change("shop.example", checks={})
    panel.start_check("alice")
    until = time.monotonic() + 20
    while not seen(panel):
        assert time.monotonic() < until, panel.checks()
        time.sleep(0.05)
    panel.whm("installssl", domain="bakery.example")
    assert [(event, data["user"]) for event, data in seen(panel)] == [
        ("AutoSSL::installssl", "alice"),
        ("SSL::installssl", "bob"),
    ]


def test_a_new_account_gets_its_certificate(panel: StandingPanel) -> None:
    """AutoSSL knows an account that was made while the panel stood."""
    put_hook(panel)
    panel.whm("createacct", username="nora", domain="nora.example")
    panel.start_check("nora")
    until = time.monotonic() + 20
    while len(seen(panel)) < 2:
        assert time.monotonic() < until, panel.checks()
        time.sleep(0.05)
    assert panel.path("/var/cpanel/ssl/apache_tls/nora.example/combined").exists()


def test_an_upgrade_destroys_and_calls(panel: StandingPanel) -> None:
    """What plugins had in the theme is gone, and the directory of features; the hook and upgradecall are called."""
    put_hook(panel)
    cgi, call = "/usr/local/cpanel/whostmgr/docroot/cgi/trial/index.cgi", "/opt/trial/after"
    record = f"name=trial\nservice=whostmgr\nurl=/cgi/trial/index.cgi\nacls=all\nupgradecall={call}\n"
    files = {
        "/usr/local/cpanel/base/frontend/jupiter/trial/index.live.cgi": "x",
        "/usr/local/cpanel/base/frontend/jupiter/dynamicui/dynamicui_trial.conf": "x",
        cgi: "#!/bin/sh\n",
        call: '#!/bin/sh\necho "from $1 to $2"\n',
        "/opt/trial/trial.conf": record,
    }
    for name, text in files.items():
        panel.path(name).parent.mkdir(exist_ok=True)
        panel.path(name).write_text(text, encoding="utf-8")
    panel.path(call).chmod(0o755)
    assert panel.run(["/usr/local/cpanel/bin/register_appconfig", "/opt/trial/trial.conf"]).returncode == 0
    called = panel.upgrade(version="11.136.0.4")
    assert panel.read("/usr/local/cpanel/version") == "11.136.0.4\n"
    there = [panel.path(name).exists() for name in files]
    assert there == [False, False, True, True, True]
    assert not panel.path("/usr/local/cpanel/whostmgr/addonfeatures").exists()
    assert panel.path("/var/cpanel/apps/trial.conf").exists()
    assert [line["stdout"] for line in called if line["command"] == "upgradecall"] == [
        "from 11.134.0.12 to 11.136.0.4\n"
    ]
    assert [line["command"] for line in called] == ["cpsrvd", "upgradecall", "hook", "hook", "upcp"]
    assert [event for event, _ in seen(panel)] == ["upcp"]


def test_an_upgrade_may_destroy_less(panel: StandingPanel) -> None:
    """Exactly what a test names is gone."""
    panel.upgrade(lose=["/usr/local/cpanel/whostmgr/addonfeatures/other_vendor"])
    assert panel.path("/usr/local/cpanel/whostmgr/addonfeatures").exists()
    assert list(panel.path("/usr/local/cpanel/whostmgr/addonfeatures").iterdir()) == []
    assert panel.read("/usr/local/cpanel/version") == "11.134.0.13\n"


def test_a_hook_that_says_no(panel: StandingPanel) -> None:
    """Before an account is made a hook that may stop it does so; afterwards its answer is only written down."""
    put_hook(panel, answer="0 no")
    panel.whm("createacct", username="nora", domain="nora.example")
    assert [line["agreed"] for line in panel.commands("hook")] == [False]
    described = ["--manual", "--category=Whostmgr", "--event=Accounts::Create", "--stage=pre"]
    assert panel.run([MANAGE, "add", "script", HOOK, *described]).returncode == 0
    panel.whm("createacct", username="otto", domain="otto.example")
    registry = panel.path("/var/cpanel/hooks.yaml")
    registry.write_text(registry.read_text().replace('"blocking": 0', '"blocking": 1'), encoding="utf-8")
    with pytest.raises(RuntimeError, match="hook"):
        panel.whm("createacct", username="petra", domain="petra.example")
    assert "petra" not in panel.read("/etc/passwd")


def test_every_payload_is_tried(panel: StandingPanel) -> None:
    """A hook that reads everything agrees to everything, one that breaks on what is no JSON is found out."""
    put_hook(panel)
    runs = try_hook(panel, HOOK)
    assert set(runs) == set(PAYLOADS)
    assert all(run.agreed for run in runs.values())
    assert all(run.seconds < 5 for run in runs.values())
    fragile = "#!/usr/bin/python3 -I\nimport json, sys\njson.load(sys.stdin)\nprint('1 ok')\n"
    panel.path(HOOK).write_text(fragile, encoding="utf-8")
    refused = {name for name, run in try_hook(panel, HOOK).items() if not run.agreed}
    assert {"nothing at all", "half an event", "deep nesting"} <= refused
    assert "an ordinary event" not in refused
