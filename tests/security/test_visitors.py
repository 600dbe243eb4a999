"""Who sees what: every kind of visitor at the page, at the progress endpoint and at the buttons, with real users."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.standing import PASSWORD
from tests.security.bare_page import environment, run_bare
from tests.security.browsing import FORM, PAGE, PROGRESS, Answer, Session, ask, good_fields, log_in, post, visit
from tests.security.household import WORDS, change_report, domain, forget_clicks, quiet_panel, report_path
from tests.security.traces import foreign_words, own_inbox, secrets_in, watched

pytestmark = pytest.mark.system("root", "mount and network namespaces")
OTHER = "bob"
DOORS = ("page", "progress", "post")


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingPanel]:
    """One server for all visits."""
    with quiet_panel(tmp_path_factory.mktemp("visitors")) as standing:
        leftover = report_path(standing, "nora")
        for name in ("report.json", "memory.json", "form.key"):
            leftover.with_name(name).unlink()
        leftover.parent.rmdir()
        change_report(standing, "rita", startdate=1_500_000_000)
        yield standing


@dataclass(frozen=True)
class Visitor:
    """A kind of visitor: which account logs in, and how the request differs from a good one."""

    user: str
    expected: dict[str, int]
    """The status at each door."""
    query: str = ""
    path_info: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    site: str = ""
    """The website of the form; the account's own if empty."""
    starts: bool = False
    """Whether the button really starts something."""


OPEN = {"page": 200, "progress": 200, "post": 200}
CLOSED = {"page": 403, "progress": 403, "post": 403}
WISHES = "account=bob&user=bob&uid=2001&site=narwhal.example&name=narwhal&REMOTE_USER=bob&domain=narwhal.example"
FORGED = (
    ("Remote-User", OTHER),
    ("REMOTE_USER", OTHER),
    ("X-Remote-User", OTHER),
    ("X-Forwarded-User", OTHER),
    ("Cp-Security-Token", "/cpsess0000000000"),
    ("Proxy", "http://192.0.2.66/"),
)
VISITORS = {
    "the owner": Visitor("alice", OPEN, starts=True),
    "asks for another's report in the query": Visitor("alice", OPEN, query=f"?{WISHES}", starts=True),
    "asks for another's website in the form": Visitor("alice", OPEN, site="narwhal.example"),
    "asks for another's file behind the page": Visitor("alice", OPEN, path_info="/2002/report.json", starts=True),
    "forges headers": Visitor("alice", OPEN, headers=FORGED, starts=True),
    "a demo account": Visitor("dora", OPEN),
    "without the feature": Visitor("fiona", CLOSED),
    "in a shared group": Visitor("greg", OPEN | {"post": 403}),
    "whose group is shared by another": Visitor("gina", OPEN | {"post": 403}),
    "without any report": Visitor("nora", OPEN | {"post": 403}),
    "with the name of a former account": Visitor("rita", OPEN),
}


def come(panel: StandingPanel, session: Session, visitor: Visitor, door: str) -> Answer:
    """Go to one of the doors."""
    headers = dict(visitor.headers)
    if door != "post":
        path = PAGE if door == "page" else PROGRESS
        return visit(panel, session, f"{path}{visitor.path_info}{visitor.query}", headers=headers)
    site = visitor.site or domain(visitor.user)
    try:
        fields = good_fields(panel, session, "retry", site)
    except FileNotFoundError:
        fields = [("verb", "retry"), ("site", site), ("form", "0" * 64)]
    return post(panel, session, fields, path=f"{PAGE}{visitor.path_info}{visitor.query}", headers=headers)


@pytest.mark.point(16, 28, 33, 38, 55)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", VISITORS)
def test_everybody_gets_the_own_report_or_nothing(panel: StandingPanel, name: str, door: str) -> None:
    """Nobody sees a word of another account, writes outside the own inbox, or starts what is not theirs."""
    visitor = VISITORS[name]
    session = log_in(panel, visitor.user)
    forget_clicks(panel, visitor.user)
    with watched(panel) as traces:
        answer = come(panel, session, visitor, door)
    assert answer.status == visitor.expected[door]
    assert not foreign_words(answer.everything + traces.logs, visitor.user)
    assert not secrets_in(answer.everything + traces.logs, session.cookie)
    assert session.token not in traces.logs
    assert {path for path in traces.files if not path.startswith(own_inbox(panel, visitor.user))} == set()
    started = ["SSL::start_autossl_check"] if visitor.starts and door == "post" else []
    assert traces.changes == started
    if door != "post":
        assert not traces.files


def test_the_owner_sees_the_own_words(panel: StandingPanel) -> None:
    """The words that others must not see are really there for their owner, so that their absence means something."""
    answer = visit(panel, log_in(panel, "bob"))
    assert "narwhal.example" in answer.text
    assert "quokka-evidence" in visit(panel, log_in(panel, "alice")).text


@pytest.mark.point(29)
@pytest.mark.parametrize("user", ["nora", "rita", "greg"])
def test_without_a_readable_report_the_page_says_so(panel: StandingPanel, user: str) -> None:
    """No report, a former owner's and one for root only look calm: no websites, no buttons, no traceback."""
    answer = visit(panel, log_in(panel, user))
    assert 'data-state="unknown"' in answer.text
    assert 'name="form"' not in answer.text
    assert not foreign_words(answer.text, None)


@pytest.mark.point(16, 41)
@pytest.mark.parametrize("change", [{"account": "bob"}, {"uid": 2002}, {"startdate": 1}, {"schema": 2}, {"sites": {}}])
def test_a_report_that_is_not_exactly_ours_is_not_shown(panel: StandingPanel, change: dict[str, object]) -> None:
    """Another name, number or beginning in the report is another account; an unknown form is no report."""
    path = report_path(panel, "alice")
    before = path.read_bytes()
    try:
        change_report(panel, "alice", **change)
        session = log_in(panel, "alice")
        with watched(panel) as traces:
            answer = visit(panel, session)
            done = post(panel, session, good_fields(panel, session, "retry", domain("alice")))
    finally:
        path.write_bytes(before)
    assert answer.status == 200
    assert WORDS["alice"] not in answer.text
    assert json.loads(done.body)["answer"] in {"no_report", "refused"}
    assert not traces.changes


def stranger(panel: StandingPanel, kind: str) -> tuple[str, dict[str, str]]:
    """The beginning of an address and the headers of a visitor who has no right to be here."""
    mine, other = log_in(panel, "alice"), log_in(panel, "bob")
    own = {"Cookie": f"cpsession={mine.cookie}"}
    if kind == "an API token":
        panel.cpsrvd(api_tokens={"alice": "TOKEN"})
        return "", {"Authorization": "cpanel alice:TOKEN"}
    if kind == "basic authentication":
        panel.cpsrvd(basic_users=frozenset({"alice"}))
        return "", {"Authorization": f"Basic {base64.b64encode(f'alice:{PASSWORD}'.encode()).decode()}"}
    return {
        "no login": ("", {}),
        "a token without a cookie": (mine.token, {}),
        "a cookie without a token": ("", own),
        "a wrong token": ("/cpsess0000000000", own),
        "a malformed token": ("/cpsess12345", own),
        "the token of another account": (other.token, own),
        "the token of another session": (log_in(panel, "alice").token, own),
        "two cookies": (mine.token, {"Cookie": f"cpsession={mine.cookie}; cpsession={other.cookie}"}),
    }[kind]


STRANGERS = (
    "no login",
    "a token without a cookie",
    "a cookie without a token",
    "a wrong token",
    "a malformed token",
    "the token of another account",
    "the token of another session",
    "two cookies",
    "an API token",
    "basic authentication",
)


@pytest.mark.point(16)
@pytest.mark.parametrize("kind", STRANGERS)
def test_strangers_find_every_door_closed(panel: StandingPanel, kind: str) -> None:
    """Without a session whose token fits, page, progress and buttons answer 401 or 403 and do nothing."""
    prefix, headers = stranger(panel, kind)
    body = b"verb=retry&site=quokka.example&form=" + b"0" * 64
    with watched(panel) as traces:
        answers = [ask(panel, "GET", prefix + path, headers) for path in (PAGE, PROGRESS)]
        answers.append(ask(panel, "POST", prefix + PAGE, headers | {"Content-Type": FORM}, body))
    assert {answer.status for answer in answers} <= {401, 403}
    for answer in answers:
        assert not foreign_words(answer.everything, None)
    assert not traces.files
    assert not set(traces.calls) - {"Features::has_feature"}


def test_a_suspended_account_cannot_come_in(panel: StandingPanel) -> None:
    """The login refuses a suspended account; its page, run all the same, starts nothing."""
    form = f"user=simon&pass={PASSWORD}".encode()
    assert ask(panel, "POST", "/login/", {"Content-Type": FORM}, form).status == 403
    with watched(panel) as traces:
        bare = run_bare(panel, "simon", answers={"Chrome::get_dom": '{"status": 0}'})
    assert 'name="form"' not in bare.output
    assert not foreign_words(bare.output + bare.said, "simon")
    assert not {path for path in traces.files if not path.startswith("/home/simon/")}


@pytest.mark.point(16)
@pytest.mark.parametrize("page", ["index.live.cgi", "progress.live.cgi"])
@pytest.mark.parametrize(
    "status",
    ["0", "null", "true", '"1 "', '" 1"', "2", "1.0", "[1]", '{"1": 1}', '"yes"', "-1", '"0"', "1e0", '"１"'],
)
def test_only_a_plain_one_opens(panel: StandingPanel, status: str, page: str) -> None:
    """Any answer about the feature that is not exactly the documented 1 keeps page and progress closed."""
    bare = run_bare(panel, "alice", page=page, answers={"Features::has_feature": f'{{"status": {status}}}'})
    assert bare.is_refusal
    assert bare.said == ""
    assert not foreign_words(bare.output, None)


@pytest.mark.point(16)
@pytest.mark.parametrize("page", ["index.live.cgi", "progress.live.cgi"])
@pytest.mark.parametrize("feature", ["unregistered", "off"])
def test_without_the_feature_all_is_closed(panel: StandingPanel, feature: str, page: str) -> None:
    """A feature that nobody registered is as closed as one that is switched off."""
    user = "fiona" if feature == "off" else "alice"
    session = log_in(panel, user)
    registered = panel.path("/usr/local/cpanel/whostmgr/addonfeatures/autossl_doctor")
    content = registered.read_bytes()
    try:
        if feature == "unregistered":
            registered.unlink()
        answer = visit(panel, session, f"{PAGE.rpartition('/')[0]}/{page}")
    finally:
        registered.write_bytes(content)
    assert answer.status == 403
    assert not foreign_words(answer.everything, None)


@pytest.mark.point(16, 32)
@pytest.mark.parametrize("page", ["index.live.cgi", "progress.live.cgi"])
@pytest.mark.parametrize(
    "change",
    [
        {"REMOTE_USER": None},
        {"REMOTE_USER": ""},
        {"REMOTE_USER": "bob"},
        {"REMOTE_USER": "root"},
        {"REMOTE_USER": "reseller"},
        {"REMOTE_USER": "mate@quokka.example"},
        {"REMOTE_USER": "alice@quokka.example"},
        {"REMOTE_USER": "alice\n"},
        {"REMOTE_USER": " alice"},
        {"REMOTE_USER": "ALICE"},
        {"REMOTE_USER": "../alice"},
        {"REMOTE_USER": "alice/../bob"},
        {"REMOTE_USER": "a" * 10_000},
        {"cp_security_token": None},
        {"cp_security_token": ""},
        {"cp_security_token": "/cpsess"},
        {"cp_security_token": "/cpsess12345678901"},
        {"cp_security_token": "cpsess0123456789"},
        {"cp_security_token": "/cpsess012345678٣"},
        {"CPANEL_CONNECT_SOCKET": None},
        {"CPANEL_CONNECT_SOCKET": ""},
        {"CPANEL_CONNECT_SOCKET": "/nowhere"},
        {"CPANEL_CONNECT_SOCKET": "x" * 5000},
        {"REQUEST_METHOD": None},
        {"REQUEST_METHOD": "get"},
        {"REQUEST_METHOD": "PUT"},
        {"REQUEST_METHOD": "DELETE"},
        {"REQUEST_METHOD": "OPTIONS"},
    ],
)
def test_what_is_absent_or_odd_opens_nothing(panel: StandingPanel, change: dict[str, str | None], page: str) -> None:
    """A name that is not the user's own (team users, resellers, root), no token, no socket: 403 and no call."""
    bare = run_bare(panel, "alice", page=page, variables=environment("alice", **change))
    assert bare.is_refusal
    assert bare.calls == ()
    assert bare.said == ""
    assert not foreign_words(bare.output, None)


@pytest.mark.point(25)
@pytest.mark.parametrize("address", ["//x", "/%2e%2e/", "/..%2f..%2fetc/passwd", "/index.live.cgi/../../", "/.git"])
def test_odd_paths_reveal_nothing(panel: StandingPanel, address: str) -> None:
    """Paths that try to leave the page's directory lead to no file and no foreign word."""
    answer = visit(panel, log_in(panel, "alice"), f"{PAGE.rpartition('/')[0]}{address}")
    assert answer.status in {400, 403, 404}
    assert not foreign_words(answer.everything, None)


@pytest.mark.point(16)
def test_files_of_the_page_are_not_handed_out(panel: StandingPanel) -> None:
    """Only the page's style and script can be fetched beside the two programs."""
    session = log_in(panel, "alice")
    directory = PAGE.rpartition("/")[0]
    for name, status in {"assets/owner.css": 200, "assets/owner.js": 200, "assets/": 404, "": 404}.items():
        assert visit(panel, session, f"{directory}/{name}").status == status
    assert visit(panel, session, f"{directory}/install.json").status == 404
