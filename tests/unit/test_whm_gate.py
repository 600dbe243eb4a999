"""WHM's gate: a refusal is proved by a script that did not start, and nobody gets in who has not been let in."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.commands import api_tokens
from tests.lab.commands.appconfig_record import APPS, DOCUMENT_ROOT
from tests.lab.cpsrvd.identity import can_switch
from tests.lab.cpsrvd.sample_host import running, uid_of, write_file
from tests.lab.cpsrvd.settings import Settings
from tests.lab.whm.sample_host import (
    PAGE,
    PRIVILEGE,
    WhmBrowser,
    marking_script,
    register,
    running_whm,
    whm_tree,
)

CONFIG = "var/cpanel/cpanel.config"
RECORD = f"service=whostmgr\nurl={PAGE}\n"


@pytest.fixture
def root() -> Iterator[Path]:
    """The small host with its resellers and one registered application."""
    with whm_tree() as tree:
        yield tree


def visit(browser: WhmBrowser, user: str | None, url: str = PAGE) -> int:
    """The status of a page for somebody who logs in first."""
    if user is not None:
        browser.login(user)
    return browser.page(url)[0]


@pytest.mark.parametrize(
    ("user", "privileges", "expected"),
    [
        ("root", PRIVILEGE, 200),
        ("alice", PRIVILEGE, 200),
        ("bob", PRIVILEGE, 403),
        ("bob", f"all, {PRIVILEGE}", 403),
        ("bob", "list-accts", 200),
        ("bob", "any", 200),
        ("alice", "all", 403),
        ("root", "all", 200),
        ("plain", "any", 401),
        ("gone", "any", 401),
        ("stranger", "any", 401),
        (None, "any", 401),
    ],
)
def test_who_gets_which_page(root: Path, user: str | None, privileges: str, expected: int) -> None:
    """Root always, a reseller with one of the privileges, nobody else; suspended resellers and accounts never."""
    register(root, acls=privileges)
    mark = marking_script(root)
    with running_whm(root) as browser:
        assert visit(browser, user) == expected
    assert mark.exists() == (expected == 200)


def test_a_script_without_a_record_never_starts(root: Path) -> None:
    """Not beside a registered one either, and not for root: the four switches are off."""
    other = "/cgi/autossl_doctor/data.cgi"
    mark = marking_script(root, other)
    with running_whm(root) as browser:
        assert [visit(browser, user, other) for user in ("root", "alice")] == [403, 403]
    assert not mark.exists()


@pytest.mark.parametrize(
    ("switch", "user"),
    [("permit_unregistered_apps_as_root", "root"), ("permit_unregistered_apps_as_reseller", "alice")],
)
def test_the_switches_for_scripts_without_a_record(root: Path, switch: str, user: str) -> None:
    """Each opens the door for its own kind of visitor only."""
    mark = marking_script(root, "/cgi/other.cgi")
    other = {"root": "alice", "alice": "root"}[user]
    write_file(root / CONFIG, f"{switch}=1\n")
    with running_whm(root) as browser:
        assert visit(browser, other, "/cgi/other.cgi") == 403
        assert not mark.exists()
        assert visit(browser, user, "/cgi/other.cgi") == 200


def test_a_record_without_privileges_opens_nothing(root: Path) -> None:
    """Unless its switch is on, which then opens it for every reseller."""
    register(root, record=RECORD, acls="")
    mark = marking_script(root)
    with running_whm(root) as browser:
        assert visit(browser, "root") == 403
        assert not mark.exists()
        write_file(root / CONFIG, "permit_appconfig_entries_without_acls=1\n")
        assert visit(browser, "bob") == 200


def test_a_record_counts_after_the_next_start(root: Path) -> None:
    """Registered while the server runs: not yet there; forgotten: still there; and a start logs everybody out."""
    (root / APPS / "autossl_doctor.conf").unlink()
    mark = marking_script(root)
    with running_whm(root) as browser:
        register(root, record=RECORD)
        assert visit(browser, "alice") == 403
        assert not mark.exists()
        browser.whm.restart()
        assert browser.page()[0] == 401
        assert not mark.exists()
        assert visit(browser, "alice") == 200


def test_a_record_that_others_may_write_is_none(root: Path) -> None:
    """What anybody could have written opens nothing."""
    (root / APPS / "autossl_doctor.conf").chmod(0o666)
    mark = marking_script(root)
    with running_whm(root) as browser:
        assert visit(browser, "root") == 403
    assert not mark.exists()


def test_two_records_for_one_address_both_have_to_allow_it(root: Path) -> None:
    """A second record cannot open what the first one closes."""
    register(root, name="zzz", record=RECORD, acls="any")
    mark = marking_script(root)
    with running_whm(root) as browser:
        assert visit(browser, "bob") == 403
    assert not mark.exists()


@pytest.mark.parametrize(
    "url",
    [
        "/cgi/autossl_doctor/../autossl_doctor/index.cgi",
        "/cgi/autossl_doctor/%69ndex.cgi",
        "/cgi/autossl_doctor//index.cgi",
        "/cgi/autossl_doctor/index.cgi;x",
        "/frontend/jupiter/autossl_doctor/index.live.cgi",
        "/cgi/autossl_doctor/",
        "/templates/autossl_doctor/index.tmpl",
    ],
)
def test_other_spellings_lead_nowhere(root: Path, url: str) -> None:
    """An address is one thing only, whoever asks."""
    write_file(root / DOCUMENT_ROOT / "templates/autossl_doctor/index.tmpl", "secret")
    mark = marking_script(root)
    with running_whm(root) as browser:
        assert visit(browser, "root", url) in {400, 404}
    assert not mark.exists()


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o644])
def test_a_script_that_is_not_only_roots_never_starts(root: Path, mode: int) -> None:
    """It has to be executable and closed to other writers, like a page of the theme."""
    mark = marking_script(root)
    (root / DOCUMENT_ROOT / PAGE.lstrip("/")).chmod(mode)
    with running_whm(root) as browser:
        assert visit(browser, "root") == 403
    assert not mark.exists()


def test_sessions_belong_to_one_service_and_one_login(root: Path) -> None:
    """A wrong token, somebody else's token, and a session of the other service: no script starts."""
    mark = marking_script(root)
    with running_whm(root) as browser, running(root) as panel:
        panel.login("alice")
        browser.cookie, browser.token = panel.cookie.replace("cpsession", "whostmgrsession"), panel.token
        assert browser.page()[0] == 401
        browser.login("root")
        token = browser.token
        browser.login("alice")
        browser.token = token
        assert browser.page()[0] == 403
        browser.token = "/cpsess0000000000"
        assert browser.page()[0] == 403
        browser.token = ""
        assert browser.page()[0] == 403
    assert not mark.exists()


def test_a_reseller_who_is_none_any_more_is_out_at_once(root: Path) -> None:
    """The session ends with the next request."""
    mark = marking_script(root)
    with running_whm(root) as browser:
        browser.login("alice")
        write_file(root / "var/cpanel/resellers", "alice2:all\n")
        assert browser.page()[0] == 401
    assert not mark.exists()


def test_what_a_script_of_whm_is_given(root: Path) -> None:
    """Who asks is told apart from whom it runs as; there is no LiveAPI, and the token has its slash."""
    marking_script(root, shown="env")
    with running_whm(root) as browser:
        browser.login("alice")
        text = browser.page()[1]
    told = dict(line.partition("=")[::2] for line in text.splitlines())
    assert (told["REMOTE_USER"], told["USER"], told["HOME"]) == ("alice", "root", "/root")
    assert told["cp_security_token"] == browser.token
    assert told["SCRIPT_NAME"] == PAGE
    assert told["DOCUMENT_ROOT"].endswith("/whostmgr/docroot")
    assert not [name for name in told if "SOCKET" in name]


@pytest.mark.system("root and other users")
def test_as_whom_a_script_runs(root: Path) -> None:
    """As root, as the visitor, or as a named account."""
    if not can_switch():
        pytest.skip("needs root")
    marking_script(root, shown="id -u")
    found = []
    for user in ("root", "$authuser", "plain"):
        register(root, record=f"{RECORD}user={user}\n")
        with running_whm(root) as browser:
            browser.login("alice")
            found.append(int(browser.page()[1]))
    assert found == [0, uid_of("alice"), uid_of("plain")]


def test_pictures_and_styles(root: Path) -> None:
    """They come with the application: whoever may not use it does not get its files; icons are for all."""
    write_file(root / DOCUMENT_ROOT / "cgi/autossl_doctor/app.css", "a{}")
    write_file(root / DOCUMENT_ROOT / "cgi/other/app.css", "b{}")
    write_file(root / DOCUMENT_ROOT / "addon_plugins/autossl_doctor.png", "png")
    with running_whm(root) as browser:
        for user, expected in (("alice", 200), ("bob", 403)):
            assert visit(browser, user, "/cgi/autossl_doctor/app.css") == expected
            assert visit(browser, user, "/cgi/other/app.css") == 403
            assert visit(browser, user, "/addon_plugins/autossl_doctor.png") == 200


def test_the_menu_shows_what_may_be_used(root: Path) -> None:
    """Only whoever may use an application sees its entry."""
    with running_whm(root) as browser:
        for user, expected in (("alice", True), ("root", True), ("bob", False)):
            browser.login(user)
            assert ("AutoSSL Doctor" in browser.page("/")[1]) == expected


def test_api_tokens(root: Path) -> None:
    """A token opens what it was made for, and no more than its owner may; a token in the path is too much."""
    kept = {
        "root/full": {"token": "A" * 32, "acls": ["all"]},
        "root/none": {"token": "B" * 32, "acls": []},
        "bob/much": {"token": "C" * 32, "acls": ["all", PRIVILEGE]},
        "alice/own": {"token": "D" * 32, "acls": [PRIVILEGE]},
    }
    api_tokens.write(root, kept)
    expected = {
        f"whm root:{'A' * 32}": 200,
        f"whm root:{'B' * 32}": 403,
        f"whm bob:{'C' * 32}": 403,
        f"whm alice:{'D' * 32}": 200,
        f"whm alice:{'A' * 32}": 401,
        f"cpanel root:{'A' * 32}": 401,
        "whm root:": 401,
        "Basic cm9vdDpvcGVuLXJvb3Q=": 401,
    }
    with running_whm(root) as browser:
        for authorization, status in expected.items():
            mark = marking_script(root)
            mark.unlink(missing_ok=True)
            assert browser.page(Authorization=authorization)[0] == status, authorization
            assert mark.exists() == (status == 200), authorization
        browser.token = "/cpsess0123456789"
        assert browser.page(Authorization=f"whm root:{'A' * 32}")[0] == 403
    with running_whm(root, Settings(trusted_uid=(root.stat().st_uid), basic_users=frozenset({"root"}))) as browser:
        assert browser.page(Authorization="Basic cm9vdDpvcGVuLXJvb3Q=")[0] == 200


def test_the_api(root: Path) -> None:
    """Functions answer by privilege, resellers see their own accounts, failures are told with status 200."""

    def ask(browser: WhmBrowser, function: str) -> dict[str, dict[str, object]]:
        answer = browser.get(f"{browser.token}/json-api/{function}?api.version=1")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        told: dict[str, dict[str, object]] = json.loads(answer.text)
        return told

    write_file(root / "var/cpanel/users/bob", "USER=bob\nOWNER=alice\n", 0o640)
    with running_whm(root) as browser:
        browser.login("root")
        accounts = ask(browser, "listaccts")["data"]["acct"]
        assert isinstance(accounts, list)
        assert len(accounts) == 5
        assert ask(browser, "invented")["metadata"]["result"] == 0
        browser.login("alice")
        assert [row["user"] for row in ask(browser, "listaccts")["data"]["acct"]] == ["bob"]  # type: ignore[attr-defined]
        assert ask(browser, "list_hooks")["metadata"] == {
            "command": "list_hooks",
            "reason": "Permission denied",
            "result": 0,
            "version": 1,
        }
        assert browser.get(f"{browser.token}/json-api/version").status == 400
        assert browser.get("/json-api/version?api.version=1").status == 403
