"""Secrets and trouble: what may never come out of a page, however odd the panel answers and wherever it is started."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lab.cpsrvd.settings import Misbehaviour
from tests.lab.panel.entered import StandingPanel
from tests.security.bare_page import PAGES, TOKEN, environment, run_bare
from tests.security.browsing import PAGE, PROGRESS, Answer, Session, good_fields, log_in, post, sign, visit
from tests.security.household import (
    PASSWORD_CANARY,
    PROGRAM,
    PYTHON,
    STATE,
    domain,
    forget_clicks,
    form_key,
    inbox_path,
    quiet_panel,
    refresh,
    report_path,
)
from tests.security.traces import foreign_words, secrets_in, watched

pytestmark = pytest.mark.system("root", "mount and network namespaces")
SHOP = domain("alice")
LONGEST = 40
"""The page's own patience is 20 seconds; the server's is 60."""


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingPanel]:
    """One server."""
    with quiet_panel(tmp_path_factory.mktemp("secrets")) as standing:
        yield standing


SLOW = (
    (Misbehaviour.SILENT, "", PAGE, 403),
    (Misbehaviour.SILENT, "Features::has_feature", PROGRESS, 403),
    (Misbehaviour.SILENT, "Chrome::get_dom", PAGE, 200),
    (Misbehaviour.NOT_JSON, "Features::has_feature", PAGE, 403),
    (Misbehaviour.NOT_JSON, "enable", PROGRESS, 403),
    (Misbehaviour.SLOW, "Locale::get_attributes", PAGE, 200),
)


@pytest.fixture(scope="module", autouse=True)
def slow(panel: StandingPanel) -> Iterator[list[Future[tuple[Answer, float]]]]:
    """Visits to a panel that does not answer; they wait while other tests go on, and the last test looks at them."""

    def patient(session: Session, path: str) -> tuple[Answer, float]:
        begun = time.monotonic()
        return visit(panel, session, path), time.monotonic() - begun

    session = log_in(panel, "alice")
    with ThreadPoolExecutor(len(SLOW)) as threads:
        asked = []
        for kind, function, path, _status in SLOW:
            panel.cpsrvd(misbehaviour=kind, misbehaves_on=function)
            asked.append(threads.submit(patient, session, path))
            # The panel takes its settings at the beginning of each request.
            time.sleep(0.4)
        panel.cpsrvd(misbehaviour=Misbehaviour.NONE, misbehaves_on="")
        yield asked


@pytest.fixture(autouse=True)
def _first_click(panel: StandingPanel) -> None:
    forget_clicks(panel, "alice")


@contextmanager
def misbehaving(panel: StandingPanel, kind: Misbehaviour, function: str = "") -> Iterator[None]:
    """Let the LiveAPI misbehave for all functions or for one."""
    panel.cpsrvd(misbehaviour=kind, misbehaves_on=function)
    try:
        yield
    finally:
        panel.cpsrvd(misbehaviour=Misbehaviour.NONE, misbehaves_on="")


def calm(answer: Answer) -> None:
    """Whether an answer is one of ours: no traceback, no foreign word, no 500 of the panel."""
    assert answer.status in {200, 403}
    assert "Traceback" not in answer.text
    assert not foreign_words(answer.everything, "alice")


HARMLESS = (
    Misbehaviour.ERROR_BEFORE,
    Misbehaviour.ODD_CHUNKS,
    Misbehaviour.END_TAG_INSIDE,
    Misbehaviour.NEWLINE_AFTER,
)
FUNCTIONS = (
    "",
    "enable",
    "Features::has_feature",
    "Locale::get_attributes",
    "Chrome::get_dom",
    "SSL::start_autossl_check",
)


@pytest.mark.parametrize("kind", HARMLESS)
def test_odd_answers_of_the_panel_are_understood(panel: StandingPanel, kind: Misbehaviour) -> None:
    """Errors before the JSON, tiny pieces and end tags inside texts change nothing for the visitor."""
    session = log_in(panel, "alice")
    with misbehaving(panel, kind):
        page, progress = visit(panel, session), visit(panel, session, PROGRESS)
    for answer in (page, progress):
        calm(answer)
        assert answer.status == 200
    assert SHOP in page.text


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        *((kind, function) for kind in (Misbehaviour.TRUNCATED, Misbehaviour.CLOSED) for function in FUNCTIONS),
        (Misbehaviour.VERY_LARGE, ""),
        (Misbehaviour.VERY_LARGE, "Chrome::get_dom"),
        (Misbehaviour.NEVER_ENDING, "Features::has_feature"),
        (Misbehaviour.NEVER_ENDING, "SSL::start_autossl_check"),
    ],
)
def test_broken_answers_close_or_calm_the_page(panel: StandingPanel, kind: Misbehaviour, function: str) -> None:
    """What breaks before the feature is known closes the page; what breaks later leaves it readable."""
    session = log_in(panel, "alice")
    with misbehaving(panel, kind, function), watched(panel) as traces:
        page, progress = visit(panel, session), visit(panel, session, PROGRESS)
        click = post(panel, session, good_fields(panel, session, "retry", SHOP))
    for answer in (page, progress, click):
        calm(answer)
    if function in {"", "enable", "Features::has_feature"}:
        assert {page.status, progress.status, click.status} == {403}
        assert not traces.changes
    elif function != "SSL::start_autossl_check":
        assert page.status == 200
        assert 'id="autossl-doctor"' in page.text
    assert not secrets_in(traces.logs, session.cookie, session.token, "page failed")


@pytest.mark.parametrize("page", ["index.live.cgi", "progress.live.cgi"])
@pytest.mark.parametrize(
    "reply",
    [
        "<cpanelresult>" + "[" * 50_000 + "]" * 50_000 + "</cpanelresult>",
        "<cpanelresult>" + '{"result":' * 2000 + "1" + "}" * 2000 + "</cpanelresult>",
        '<cpanelresult>{"result": {"status": 1e999}}</cpanelresult>',
        f'<cpanelresult>{{"result": {{"status": {"1" * 4000}}}}}</cpanelresult>',
        '<cpanelresult>{"result": [1]}</cpanelresult>',
        '<cpanelresult>{"cpanelresult": {"result": {"status": "1\\u0000"}}}</cpanelresult>',
        '<cpanelresult>{"status": 1}</cpanelresult>',
        "<cpanelresult>1</cpanelresult>",
    ],
)
@pytest.mark.parametrize("at", ["enable", "Features::has_feature"])
def test_strange_replies_close_the_page(panel: StandingPanel, reply: str, page: str, at: str) -> None:
    """Deep, huge or misplaced answers are no permission, and leave no traceback in the log."""
    off = {} if at != "enable" else {"Features::has_feature": '{"status": 0}'}
    bare = run_bare(panel, "alice", page=page, whole={at: reply}, answers=off)
    assert bare.is_refusal
    assert "Traceback" not in bare.said
    assert bare.status == 0


def session_of(panel: StandingPanel) -> tuple[Session, list[Answer]]:
    """A visit with everything in it: page, progress, clicks that work and that do not, with and without script."""
    session = log_in(panel, "alice")
    form = good_fields(panel, session, "retry", SHOP)
    answers = [
        visit(panel, session),
        visit(panel, session, PROGRESS),
        post(panel, session, form),
        post(panel, session, form),
    ]
    answers += [post(panel, session, form, headers={"Accept": "text/html"}), post(panel, session, b"form=x&verb=retry")]
    answers.append(post(panel, session, good_fields(panel, session, "look", SHOP)))
    return session, answers


@pytest.mark.point(21, 36)
def test_no_secret_comes_out_anywhere(panel: StandingPanel, slow: list[Future[tuple[Answer, float]]]) -> None:
    """Password, cookie, token, private keys and form key are in no body, header, log, record, report or journal."""
    # What the stand-in says of the visits that wait is not of this test.
    wait(slow, LONGEST)
    before = panel.error_log()
    with watched(panel) as traces:
        session, answers = session_of(panel)
    refresh(panel)
    key = form_key(panel, "alice")
    digits = session.token.removeprefix("/cpsess")
    for answer in answers:
        kept = answer.everything
        frame, begun, ours = kept.partition('<div id="autossl-doctor"')
        assert not secrets_in(kept, session.cookie, key)
        assert digits not in (ours if begun else frame)
    assert not secrets_in(traces.logs + panel.error_log().removeprefix(before), session.cookie, key, digits)
    assert panel.error_log() == before
    left = "".join(path.read_text(encoding="utf-8") for path in inbox_path(panel, "alice").iterdir())
    assert '"verb":"retry"' in left
    assert not secrets_in(left, session.cookie, key, digits, sign(panel, "alice", session.token, "retry"))
    for path in sorted(panel.path(STATE).rglob("*.json")):
        assert not secrets_in(path.read_text(encoding="utf-8", errors="replace"), session.cookie, key, digits), (
            path.name
        )
    assert not secrets_in(panel.journal(), session.cookie, key, digits)


@pytest.mark.point(22)
def test_the_form_sign_belongs_to_one_session(panel: StandingPanel) -> None:
    """The page holds signs made of the key, different for each session and verb, and never the key itself."""
    first, second = (visit(panel, log_in(panel, "alice")).text for _ in "ab")
    signs = [set(re.findall(r'name="form" value="([0-9a-f]{64})"', text)) for text in (first, second)]
    assert all(signs)
    assert not signs[0] & signs[1]
    assert form_key(panel, "alice") not in first + second


def scoped(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every finding in a report."""
    yield from report["server_findings"]
    for each in report["sites"]:
        yield each["main"]
        yield from each["findings"]


@pytest.mark.point(38)
def test_reports_hold_nothing_of_others(panel: StandingPanel) -> None:
    """No report of an account holds a word of another account, and the page can be read by nobody else."""
    for user, number in panel.numbers.items():
        report = report_path(panel, user).read_text(encoding="utf-8")
        assert not foreign_words(report, user), user
        assert json.loads(report)["uid"] == number
        assert list(scoped(json.loads(report)))


@pytest.mark.point(38)
def test_the_schedule_s_own_words_stay_with_root(panel: StandingPanel) -> None:
    """A broken schedule is told to owners as a fact and times; what stands in root's file is for root."""
    cron = panel.path("/etc/cron.d/cpanel_autossl")
    before = cron.read_bytes()
    try:
        cron.write_bytes(b"61 25 * * * root /usr/local/cpanel/bin/autossl_check --all canary-of-the-schedule\n")
        refresh(panel)
        report = report_path(panel, "alice").read_text(encoding="utf-8")
        page = visit(panel, log_in(panel, "alice")).text
    finally:
        cron.write_bytes(before)
        refresh(panel)
    assert "cron_malformed" in report
    assert "canary-of-the-schedule" not in report
    assert "canary-of-the-schedule" not in page
    for finding in scoped(json.loads(report)):
        if finding["cause"] == "cron_malformed":
            assert set(finding["args"]) <= {"site", "not_after", "last_run"}


@pytest.mark.parametrize("directory", ["/", "/root", "/home/alice", "/tmp"])  # noqa: S108 - only started there
def test_the_place_where_a_page_starts_does_not_matter(panel: StandingPanel, directory: str) -> None:
    """In root's home, in the account's own or anywhere, everything works, and nothing is imported from there."""
    planted = panel.path("/home/alice")
    session = log_in(panel, "alice")
    for name in ("json", "os", "autossl_doctor", "sitecustomize", "_socket"):
        (planted / f"{name}.py").write_text("print('planted')\nraise SystemExit(3)\n")
    panel.cpsrvd(working_directory=Path(directory))
    try:
        answers = [visit(panel, session), visit(panel, session, PROGRESS)]
        answers.append(post(panel, session, good_fields(panel, session, "retry", SHOP)))
    finally:
        panel.cpsrvd(working_directory=None)
        for name in ("json", "os", "autossl_doctor", "sitecustomize", "_socket"):
            (planted / f"{name}.py").unlink()
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert not any("planted" in answer.text for answer in answers)


HOSTILE_VARIABLES = {
    "PYTHONPATH": "/home/alice/planted",
    "PYTHONHOME": "/home/alice/planted",
    "PYTHONSTARTUP": "/home/alice/planted/json.py",
    "PYTHONINSPECT": "1",
    "PYTHONUSERBASE": "/home/alice/planted",
    "PYTHONWARNINGS": "error",
    "PYTHONPLATLIBDIR": "planted",
    "PYTHONPYCACHEPREFIX": "/home/alice/planted",
    "PYTHONBREAKPOINT": "os.system",
    "PYTHONDEVMODE": "1",
    "PYTHONIOENCODING": "utf-7",
    "PYTHONCOERCECLOCALE": "warn",
    "LC_ALL": "C",
    "TZ": "/home/alice/planted/zone",
    "TMPDIR": "/home/alice/planted",
    "PATH": "/home/alice/planted",
    "IFS": "/",
    "ENV": "/home/alice/planted/env",
    "BASH_ENV": "/home/alice/planted/env",
    "HTTP_LD_PRELOAD": "/home/alice/planted/x.so",
    "LISTEN_FDS": "1",
    "PWD": "/home/alice/planted",
    "NOTIFY_SOCKET": "/home/alice/planted/notify",
    "VIRTUAL_ENV": "/home/alice/planted",
}


@pytest.mark.point(32, 35)
@pytest.mark.parametrize("page", ["index.live.cgi", "progress.live.cgi"])
def test_the_environment_cannot_turn_the_page(panel: StandingPanel, page: str) -> None:
    """No variable makes a page import, run or write what lies in the account's home."""
    plant = (
        "mkdir -p ~/planted/lib; for name in json os sitecustomize usercustomize encodings; do "
        "echo 'import sys; sys.stderr.write(\"planted\"); raise SystemExit(3)' > ~/planted/$name.py; done; "
        "printf '#!/bin/sh\\necho planted >&2\\n' > ~/planted/python; cp ~/planted/python ~/planted/env; "
        "cp ~/planted/python ~/planted/python3; chmod 755 ~/planted/*"
    )
    variables = environment("alice", **HOSTILE_VARIABLES)
    bare = run_bare(panel, "alice", page=page, variables=variables, before=plant)
    assert bare.head.startswith("Status: 200")
    assert bare.said == ""
    made = [path.name for path in panel.path("/home/alice/planted").rglob("*")]
    assert not [each for each in made if each.endswith((".pyc", "__pycache__"))]


@pytest.mark.parametrize("page", ["index.live.cgi", "progress.live.cgi"])
def test_warnings_are_errors_and_there_are_none(panel: StandingPanel, page: str) -> None:
    """With an interpreter that takes every warning for an error, the pages answer as ever."""
    flags = "-I" if page.startswith("index") else "-IS"
    bare = run_bare(panel, "alice", page=page, interpreter=(PYTHON, flags, "-W", "error", "-X", "dev"))
    assert bare.head.startswith("Status: 200")
    assert bare.said == ""


def test_a_posted_form_with_warnings_as_errors(panel: StandingPanel) -> None:
    """The same for a click, from its form to its JSON."""
    form = sign(panel, "alice", TOKEN, "retry")
    body = f"verb=retry&site={SHOP}&form={form}"
    variables = environment(
        "alice",
        REQUEST_METHOD="POST",
        CONTENT_TYPE="application/x-www-form-urlencoded",
        CONTENT_LENGTH=str(len(body)),
        HTTP_ACCEPT="application/json",
    )
    answers = {"SSL::is_autossl_check_in_progress": '{"status": 1, "data": 0}'}
    interpreter = (PYTHON, "-I", "-W", "error", "-X", "dev")
    bare = run_bare(panel, "alice", variables=variables, body=body, interpreter=interpreter, answers=answers)
    assert '"answer": "started"' in bare.output
    assert bare.said == ""
    assert bare.calls.count("SSL::start_autossl_check") == 1


@pytest.mark.point(3)
@pytest.mark.parametrize("page", ["index.live.cgi", "progress.live.cgi"])
def test_a_page_imports_only_what_root_owns(panel: StandingPanel, page: str) -> None:
    """Every module that a page loads belongs to root, can be written by root only, and lies in no home."""
    flags = "-I" if page.startswith("index") else "-IS"
    bare = run_bare(panel, "alice", page=page, interpreter=(PYTHON, flags, "-v"))
    assert bare.head.startswith("Status: 200")
    loaded = set(re.findall(r"(/[^\s'\"]+\.(?:pyc?|so))\b", bare.said))
    assert any("/autossl_doctor/" in place for place in loaded)
    for place in loaded:
        assert not place.startswith(("/home", "/tmp")), place  # noqa: S108 - places that must not be there
        path = panel.path(place)
        if path.exists():
            assert path.stat().st_uid == 0, place
            assert not path.stat().st_mode & 0o022, place


@pytest.mark.point(31)
@pytest.mark.parametrize("command", ["refresh", "follow", "status"])
def test_root_s_commands_refuse_an_account(panel: StandingPanel, command: str) -> None:
    """An account that runs root's commands changes and learns nothing."""
    with watched(panel) as traces:
        done = panel.run([PROGRAM, command], user="alice")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert not foreign_words(done.stdout + done.stderr, "alice")
    assert not traces.files


@pytest.mark.point(36)
def test_the_password_is_really_there_to_be_leaked(panel: StandingPanel) -> None:
    """The canaries reach the pages, so that their absence from every output means something."""
    probe = panel.path(f"{PAGES}/canary.live.cgi")
    probe.write_text("#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'; env\n")
    probe.chmod(0o755)
    try:
        session = log_in(panel, "alice")
        answer = visit(panel, session, PAGE.replace("index", "canary"))
    finally:
        probe.unlink()
    assert PASSWORD_CANARY in answer.text
    assert session.cookie in answer.text


def test_a_panel_that_never_answers_is_not_waited_for_long(slow: list[Future[tuple[Answer, float]]]) -> None:
    """Silence, slowness and what is no JSON end in a bounded time with a refusal or a readable page, never open."""
    for visited, (_kind, _function, _path, status) in zip(slow, SLOW, strict=True):
        answer, seconds = visited.result(LONGEST)
        calm(answer)
        assert answer.status == status
        assert seconds < LONGEST
