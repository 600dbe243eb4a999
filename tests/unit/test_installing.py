"""The steps of an installation: what each compares, what it does, and how it says that it failed."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from autossl_doctor.entry import repair as entry
from autossl_doctor.entry.installing import installation as steps
from autossl_doctor.entry.installing import self_test
from autossl_doctor.entry.installing.around import Answer, Around, StepError, must, run_program
from autossl_doctor.entry.installing.condition import as_plain, read_condition
from autossl_doctor.entry.installing.files import difference, put_files, wanted_files
from autossl_doctor.entry.installing.hooks import missing_hooks, register_hooks, registered
from autossl_doctor.entry.installing.icon import register_icon
from autossl_doctor.entry.installing.installation import Installation, Outcome
from autossl_doctor.entry.installing.listed import INSTALLED, Entry, Installed, read_installed, sum_of, write_installed
from autossl_doctor.entry.installing.manifest import Hook, read_manifest
from autossl_doctor.entry.installing.self_test import candidate
from autossl_doctor.entry.installing.telling import told
from autossl_doctor.entry.installing.turn import turn
from autossl_doctor.entry.installing.units import start_units
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host.people import Owner

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = read_manifest(ROOT)
PAGE = "/usr/local/cpanel/base/frontend/jupiter/autossl_doctor/index.live.cgi"


class Panel:
    """The panel's and the system's commands, as far as the steps need them: they do what they are asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[str] = []
        self.hooks: list[Hook] = []
        self.enabled: set[str] = set()
        self.active: set[str] = set()
        self.broken: set[str] = set()

    def __call__(self, command: Sequence[str]) -> Answer:
        """Answer one call."""
        program, *arguments = (command[0].rpartition("/")[2], *command[1:])
        assert command[0].startswith("/")
        self.asked.append(" ".join((program, *arguments)))
        if program in self.broken or self.asked[-1] in self.broken:
            return Answer(1, "it\nis broken\n")
        done = {"manage_hooks": self._hooks, "install_plugin": self._icon, "systemctl": self._systemctl}
        return done[program](arguments)

    def _hooks(self, arguments: list[str]) -> Answer:
        if arguments[0] == "list":
            tree: dict[str, dict[str, list[dict[str, str]]]] = {}
            for hook in self.hooks:
                event = tree.setdefault(hook.category, {}).setdefault(hook.event, [])
                event.append({"hook": hook.script, "stage": hook.stage})
            return Answer(0, json.dumps(tree))
        script = arguments[2]
        self.hooks = [hook for hook in self.hooks if hook.script != script]
        if arguments[0] == "add":
            self.hooks += [hook for hook in MANIFEST.hooks if hook.script == script]
        return Answer(0, "")

    def _icon(self, arguments: list[str]) -> Answer:
        assert arguments == [MANIFEST.icon_directory, "--theme=jupiter"]
        place = self.root / MANIFEST.icon_place.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
        return Answer(0, "")

    def _systemctl(self, arguments: list[str]) -> Answer:
        verb, unit = arguments[0], arguments[-1]
        if verb == "enable":
            self.enabled.add(unit)
        elif verb in ("start", "restart"):
            self.active.add(unit)
        elif verb == "stop":
            self.active.discard(unit)
        elif verb == "is-enabled":
            return Answer(0, "enabled\n" if unit in self.enabled else "disabled\n")
        elif verb == "is-active":
            return Answer(0, "active\n" if unit in self.active else "inactive\n")
        return Answer(0, "")


@pytest.fixture
def panel(tmp_path: Path) -> Panel:
    """A panel whose files lie below a directory of the test."""
    (tmp_path / "var/lib").mkdir(parents=True)
    return Panel(tmp_path)


@pytest.fixture
def around(panel: Panel) -> Around:
    """What the steps work with."""
    return Around(MANIFEST, ROOT, panel, ROOT / "plugin/autossl_doctor", panel.root)


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look and the self test are for a server; here they have nothing to do."""
    monkeypatch.setattr(steps, "look_at_server", lambda *, changed: 2 if changed else None)
    monkeypatch.setattr(steps, "try_page", lambda *_: "alice")


def run_all(around: Around) -> dict[str, str]:
    """Go through all steps; what each did."""
    done: dict[str, Outcome] = {}
    list(entry.go_through(Installation(around, tuple), Interface("en", "installing"), done))
    return {name: outcome.said for name, outcome in done.items()}


@pytest.mark.point(10)
def test_the_second_run_has_nothing_to_do(around: Around, panel: Panel) -> None:
    """Everything is put in its place once; then every step only compares."""
    first = run_all(around)
    assert "nothing" not in first.values()
    panel.asked.clear()
    second = run_all(around)
    assert {name for name, said in second.items() if said != "nothing"} == {"self_test"}
    words = {line.split()[1] for line in panel.asked}
    assert words == {"list", "is-enabled", "is-active"}


@pytest.mark.point(3, 8, 9)
def test_files_have_the_mode_and_content_of_the_manifest(around: Around, panel: Panel) -> None:
    """Also the feature, whose directory is made where it is missing, and the command's link."""
    run_all(around)
    for file in MANIFEST.files:
        path = panel.root / file.place.lstrip("/")
        assert path.stat().st_mode & 0o7777 == file.mode
        assert path.read_bytes() == (ROOT / file.source).read_bytes()
    feature = panel.root / MANIFEST.feature_file.lstrip("/")
    assert feature.read_text() == "autossl_doctor:AutoSSL Doctor\n"
    [(place, target)] = MANIFEST.links.items()
    assert str((panel.root / place.lstrip("/")).readlink()) == target


@pytest.mark.point(48, 50)
def test_what_an_update_took_away_comes_back(around: Around, panel: Panel) -> None:
    """Pages, feature, icon, a hook, a unit, a mode: status tells each of them, repair puts all right."""
    run_all(around)
    assert read_condition(around).findings == ()
    page = panel.root / PAGE.lstrip("/")
    page.unlink()
    (panel.root / MANIFEST.feature_file.lstrip("/")).unlink()
    (panel.root / MANIFEST.icon_place.lstrip("/")).unlink()
    logrotate = panel.root / "etc/logrotate.d/autossl-doctor"
    logrotate.chmod(0o666)
    panel.hooks.pop()
    panel.enabled.discard("autossl-doctor-follow.timer")
    panel.active.discard("autossl-doctor-probe.path")
    found = dict(read_condition(around).findings)
    assert found == {
        "files_missing": (PAGE, MANIFEST.feature_file),
        "files_changed": ("/etc/logrotate.d/autossl-doctor (mode)",),
        "no_icon": (MANIFEST.icon_place,),
        "no_hooks": ("System/upcp",),
        "not_enabled": ("autossl-doctor-follow.timer",),
        "not_running": ("autossl-doctor-probe.path",),
    }
    for language in ("en", "ja"):
        assert all("{" not in line for line in told(read_condition(around), language))
    again = run_all(around)
    assert {name for name, said in again.items() if said == "nothing"} == {"first_pass", "record"}
    assert read_condition(around).findings == ()


def test_before_an_installation_status_says_so(around: Around, panel: Panel) -> None:
    """Nothing is registered; a panel that does not list its hooks is not taken for one without them."""
    panel.broken.add("manage_hooks")
    condition = read_condition(around)
    assert {name for name, _ in condition.findings} == {"not_installed", "no_icon", "hooks_unknown", "not_enabled"}
    plain = as_plain(condition)
    assert plain["registered"] == {"feature": False, "icon": False, "hooks": None, "whm_page": None}
    assert plain["installed_version"] is None


@pytest.mark.point(10)
@pytest.mark.parametrize(
    ("broken", "step"),
    [
        ("install_plugin", "icon"),
        ("manage_hooks", "hooks"),
        ("systemctl daemon-reload", "units"),
        ("systemctl restart autossl-doctor-probe.path", "units"),
    ],
)
def test_a_failing_step_stops_and_the_next_run_goes_on(broken: str, step: str, around: Around, panel: Panel) -> None:
    """It says which step and why; what was done stays, nothing is recorded as installed, and later it is all there."""
    panel.broken.add(broken)
    with pytest.raises(StepError) as failure:
        run_all(around)
    assert (failure.value.step, failure.value.about["said"]) == (step, "is broken")
    assert read_installed(panel.root / INSTALLED.lstrip("/")).version == ""
    panel.broken.clear()
    run_all(around)
    assert read_condition(around).findings == ()


def test_a_changed_unit_is_made_known_and_started_anew(around: Around, panel: Panel) -> None:
    """Also where the former run was broken off after the file and before systemd heard of it."""
    run_all(around)
    panel.asked.clear()
    path = panel.root / INSTALLED.lstrip("/")
    former = read_installed(path)
    timer = "/etc/systemd/system/autossl-doctor-follow.timer"
    write_installed(path, Installed(former.version, {**former.entries, timer: Entry("0" * 64, "0644")}))
    assert run_all(around)["units"] == "units"
    reload, stop = "systemctl daemon-reload", "systemctl stop autossl-doctor-follow.service"
    assert panel.asked.index(reload) < panel.asked.index(stop)
    assert "systemctl restart autossl-doctor-follow.timer" in panel.asked
    assert "systemctl start autossl-doctor-follow.service" in panel.asked


def test_another_version_looks_at_the_server_again(around: Around, panel: Panel) -> None:
    """And takes away what the former one had and this one has not; other files are not ours to remove."""
    run_all(around)
    path = panel.root / INSTALLED.lstrip("/")
    former = read_installed(path)
    old, foreign = "/etc/logrotate.d/autossl-doctor-old", "/etc/passwd"
    for place in (old, foreign):
        (panel.root / place.lstrip("/")).write_text("x")
    entry_of_old = Entry(sum_of(b"x"), "0644")
    write_installed(path, Installed("0.1.0", {**former.entries, old: entry_of_old, foreign: entry_of_old}))
    assert dict(read_condition(around).findings)["other_version"] == ("0.1.0", MANIFEST.version)
    done = run_all(around)
    assert (done["files"], done["first_pass"], done["units"]) == ("files", "reports", "units")
    assert not (panel.root / old.lstrip("/")).exists()
    assert (panel.root / foreign.lstrip("/")).exists()


def test_nothing_is_written_through_a_link(around: Around, panel: Panel, tmp_path: Path) -> None:
    """A directory of ours that somebody made a link is no place; a link in place of a file gives way."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    directory = panel.root / PAGE.lstrip("/").rpartition("/")[0]
    directory.parent.mkdir(parents=True)
    directory.symlink_to(elsewhere)
    with pytest.raises(StepError) as failure:
        run_all(around)
    assert failure.value.why == "in_the_way"
    assert list(elsewhere.iterdir()) == []
    directory.unlink()
    directory.mkdir()
    target = tmp_path / "target"
    target.write_text("not ours")
    (panel.root / PAGE.lstrip("/")).symlink_to(target)
    run_all(around)
    assert target.read_text() == "not ours"
    assert not (panel.root / PAGE.lstrip("/")).is_symlink()


def test_a_directory_in_the_place_of_a_file_is_named(around: Around, panel: Panel) -> None:
    """It is not removed: somebody made it."""
    (panel.root / PAGE.lstrip("/")).mkdir(parents=True)
    with pytest.raises(StepError) as failure:
        run_all(around)
    assert (failure.value.why, failure.value.about["file"]) == ("in_the_way", PAGE)


def test_a_file_in_the_place_of_a_directory_is_named(around: Around, panel: Panel) -> None:
    """The one that is in the way, and not the one that could not be written for it."""
    (panel.root / "opt/autossl-doctor").mkdir(parents=True)
    (panel.root / "opt/autossl-doctor/libexec").touch()
    with pytest.raises(StepError) as failure:
        run_all(around)
    assert (failure.value.why, failure.value.about["file"]) == ("in_the_way", "/opt/autossl-doctor/libexec")


def test_a_directory_that_others_may_write_into_is_put_right(around: Around, panel: Panel) -> None:
    """Every file in it may be as it was, but not for long."""
    run_all(around)
    page, libexec = PAGE.rpartition("/")[0], "/opt/autossl-doctor/libexec"
    (panel.root / page.lstrip("/")).chmod(0o777)
    (panel.root / libexec.lstrip("/")).chmod(0o700)
    assert sorted(dict(read_condition(around).findings)["files_changed"]) == [f"{libexec} (mode)", f"{page} (mode)"]
    assert run_all(around)["files"] == "files"
    assert read_condition(around).findings == ()
    assert (panel.root / page.lstrip("/")).stat().st_mode & 0o777 == 0o755


@pytest.mark.system("root")
def test_a_directory_of_another_owner_becomes_roots(around: Around, panel: Panel) -> None:
    """An account that owns it could put its own page there, which runs as every other account."""
    run_all(around)
    directory = PAGE.rpartition("/")[0]
    os.chown(panel.root / directory.lstrip("/"), 1234, 1234)
    assert dict(read_condition(around).findings) == {"files_changed": (f"{directory} (owner)",)}
    run_all(around)
    assert read_condition(around).findings == ()


def test_what_a_former_version_had_may_be_gone_or_something_else(around: Around, panel: Panel) -> None:
    """Gone with its directory is gone; a directory in its place is somebody's, and is named."""
    run_all(around)
    path = panel.root / INSTALLED.lstrip("/")
    former = read_installed(path)
    gone, odd = "/etc/logrotate.d/autossl-doctor/part", "/etc/logrotate.d/autossl-doctor-odd"
    write_installed(path, Installed("0.1.0", {**former.entries, gone: Entry("0" * 64, "0644")}))
    assert run_all(around)["files"] == "files"
    (panel.root / odd.lstrip("/")).mkdir()
    write_installed(path, Installed("0.1.0", {**former.entries, odd: Entry("0" * 64, "0644")}))
    with pytest.raises(StepError) as failure:
        run_all(around)
    assert (failure.value.why, failure.value.about["file"]) == ("in_the_way", odd)


def test_a_release_that_is_not_whole_is_named(around: Around, tmp_path: Path) -> None:
    """A source that is missing fails the first step."""
    with pytest.raises(StepError) as failure:
        wanted_files(around._replace(release=tmp_path))
    assert failure.value.why == "unreadable"


def test_each_difference_has_a_name(tmp_path: Path) -> None:
    """A file may be missing, of another kind, or differ in content or mode; a link in its target."""
    path, entry_of_it = tmp_path / "file", Entry(sum_of(b"x"), "0644")
    assert difference(path, entry_of_it) == "missing"
    path.write_bytes(b"y")
    assert difference(path, entry_of_it) == "content"
    path.write_bytes(b"x")
    path.chmod(0o600)
    assert difference(path, entry_of_it) == "mode"
    path.chmod(0o644)
    assert difference(path, entry_of_it) is None
    assert difference(path, Entry(sum_of(b"x"), "link")) == "kind"
    link = tmp_path / "link"
    link.symlink_to("there")
    assert difference(link, Entry(sum_of(b"there"), "link")) is None
    assert difference(link, Entry(sum_of(b"elsewhere"), "link")) == "content"
    assert difference(link, entry_of_it) == "kind"


@pytest.mark.system("root")
def test_a_file_of_another_owner_becomes_roots(around: Around, panel: Panel) -> None:
    """Owner and group are compared as well."""
    run_all(around)
    os.chown(panel.root / PAGE.lstrip("/"), 1234, 1234)
    assert dict(read_condition(around).findings) == {"files_changed": (f"{PAGE} (owner)",)}
    assert put_files(around, wanted_files(around), {}) == 1
    assert read_condition(around).findings == ()


def test_the_list_is_read_by_a_shell_too(tmp_path: Path) -> None:
    """Lines of sum, mode and place; an unreadable or a foreign list is as good as none."""
    path = tmp_path / "installed"
    installed = Installed("0.3.0", {"/b c": Entry("1" * 64, "0644"), "/a": Entry("2" * 64, "link")})
    write_installed(path, installed)
    assert path.read_text() == f"# autossl-doctor 0.3.0\n{'2' * 64} link /a\n{'1' * 64} 0644 /b c\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_installed(path) == installed
    path.write_bytes(b"\xff\xfe")
    assert read_installed(path) == Installed("", {})
    path.write_text("something\nelse\n")
    assert read_installed(path) == Installed("", {})


def test_hooks_are_found_in_whatever_form_they_are_listed() -> None:
    """Below category and event, or with both in the object; other hooks and odd parts are passed over."""
    hook = Hook("/opt/x", "System", "upcp", "post")
    nested = {"System": {"upcp": [{"hook": "/opt/x", "stage": "post", "id": 1}]}}
    flat = [{"hook": "/opt/x", "stage": "post", "category": "System", "event": "upcp"}, 7, {"hook": None}]
    assert list(registered(nested)) == list(registered(flat)) == [hook]


def test_only_the_scripts_with_missing_hooks_are_registered_anew(around: Around, panel: Panel) -> None:
    """A hook that the panel does not take is a failure, and so is an answer that is no list."""
    assert register_hooks(around) == 2
    panel.hooks = [hook for hook in panel.hooks if hook.event != "Accounts::Remove"]
    assert [hook.event for hook in missing_hooks(around)] == ["Accounts::Remove"]
    assert register_hooks(around) == 1
    assert missing_hooks(around) == []
    with pytest.raises(StepError, match="program"):
        missing_hooks(around._replace(run=lambda _: Answer(0, "no JSON")))
    with pytest.raises(StepError, match="not_hooked"):
        register_hooks(around._replace(run=lambda _: Answer(0, "{}")))


def test_an_icon_that_the_command_does_not_make_is_a_failure(around: Around) -> None:
    """However well it ended."""
    with pytest.raises(StepError, match="not_made"):
        register_icon(around._replace(run=lambda _: Answer(0, "")), changed=False)


def test_a_service_need_not_be_at_work(around: Around, panel: Panel) -> None:
    """The follower goes when nobody needs it; what starts it has to be there."""
    start_units(around, changed=True)
    panel.active.discard("autossl-doctor-follow.service")
    assert start_units(around, changed=False) == 0
    panel.active.discard("autossl-doctor-follow.socket")
    assert start_units(around, changed=False) == 1


def test_the_self_test_takes_an_account_that_can_read_its_report(tmp_path: Path) -> None:
    """Neither root nor one that shares its group; nobody, where there is no report."""
    alice, bob = Owner("alice", 2001, 2001, 1, shared=True), Owner("bob", 2002, 2002, 1)
    owners = [bob, alice, Owner("root", 0, 0, 0)]
    assert candidate(owners, str(tmp_path)) is None
    for owner in owners:
        directory = tmp_path / "reports" / str(owner.uid)
        directory.mkdir(parents=True)
        (directory / "report.json").touch()
    assert candidate(owners, str(tmp_path)) == bob


@pytest.mark.point(35)
def test_an_account_has_no_hand_on_root_s_terminal(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the self test says comes from a process of the account, which the account may lead."""
    monkeypatch.setattr(self_test, "candidate", lambda _: Owner("alice", 2001, 2001, 1))
    monkeypatch.setattr(self_test, "_as_account", lambda *_: "first\n\x1b]0;root\x07" + "x" * 1_000_000)
    with pytest.raises(StepError) as failure:
        self_test.try_page(around, ())
    assert failure.value.about["said"].startswith("?]0;root?xxx")
    assert len(failure.value.about["said"]) < 1000


@pytest.mark.point(35)
def test_programs_run_with_an_environment_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """By an absolute path; one that is missing, fails or does not end says so."""
    monkeypatch.setenv("CANARY", "1")
    answer = run_program(["/usr/bin/env"])
    assert answer.status == 0
    assert "CANARY" not in answer.output
    assert run_program(["/nonexistent/program"]).status == 127
    with pytest.raises(StepError) as failure:
        must(Around(MANIFEST, ROOT, run_program), ["/bin/sh", "-c", "echo first; echo last; exit 3"])
    assert failure.value.about["said"] == "last"


def test_only_one_is_at_work(tmp_path: Path) -> None:
    """Another one waits, and gives up with a sentence when that takes too long."""
    lock = str(tmp_path / "lock")
    Path(lock).touch(0o644)
    with turn(lock) as first:
        assert first
        assert Path(lock).stat().st_mode & 0o777 == 0o600  # whoever may read it may lock it
        with turn(lock, patience=0) as second:
            assert not second
    with turn(lock, patience=0) as third:
        assert third


@pytest.mark.parametrize("language", ["en", "ja"])
def test_everything_has_words(language: str, around: Around) -> None:
    """Each step, outcome, failure and finding, and the closing text, in both languages."""
    words = Interface(language, "installing")
    installation = Installation(around, tuple)
    for name in installation.steps:
        assert words.has("steps", name)
    for failure in ("program", "unreadable", "unwritable", "in_the_way", "not_made", "not_registered", "not_hooked"):
        assert words.has("failures", failure)
    closing = "\n".join(entry.closing(around, words))
    assert MANIFEST.version in closing
    assert "/opt/autossl-doctor/release/uninstall.sh" in closing
    of_package = "\n".join(entry.closing(around, words, package=True))
    assert "dnf remove autossl-doctor" in of_package
    assert "uninstall.sh" not in of_package
    assert "WHM" in closing
    assert "{" not in closing
