"""The life of an installation on a server, compared file by file: installed, repaired, upgraded, removed."""

import json
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autossl_doctor.entry.installing.manifest import read_manifest
from tests.install.server import COMMAND, LOCK, LOGS, STATE, THEME, UNINSTALL, Files, changed, files, install, server
from tests.lab.panel.entered import StandingPanel
from tests.security.browsing import log_in, visit

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = read_manifest(ROOT)
LEFT = [LOCK]
"""What stays after a purge: an empty file that goes with the next start of the server."""
DIRECTORIES_OF_SYSTEMD = [f"/etc/systemd/system/{target}.target.wants" for target in ("paths", "sockets")]
PROGRAM = ["cpanel", "environment", "libexec", "release", "venv"]
ANY = ("",)
A_MINUTE = 60
OTHER_FEATURE = "/usr/local/cpanel/whostmgr/addonfeatures/other_vendor"
PANELS_OWN = ("/usr/local/cpanel/version", OTHER_FEATURE, f"{STATE}/installed")
"""What the stand-in's upgrade changes: its own version, and what it takes from another vendor."""
NEEDS = ("root and layered files", "the package index")

pytestmark = [pytest.mark.system(*NEEDS)]


@pytest.fixture(scope="module")
def panel_to_break(release: Path) -> Iterator[tuple[StandingPanel, Path]]:
    """One server for everything that is installed, broken and removed."""
    with server() as panel:
        yield panel, release


def status(panel: StandingPanel) -> dict[str, object]:
    """What `status` says."""
    answer = panel.run([COMMAND, "status", "--format", "json"])
    said: dict[str, object] = json.loads(answer.stdout)
    return said | {"exit": answer.returncode}


def wait_until(holds: Callable[[], bool], patience: float = 60) -> None:
    """Look again and again."""
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.2)


def steady(found: Files) -> Files:
    """Everything but what the services write while they work, and the text of the panel's version."""
    moving = (STATE, "/run/autossl-doctor/", LOGS)
    kept = {place: facts for place, facts in found.items() if not place.startswith(moving)}
    return {place: facts for place, facts in kept.items() if place != "/usr/local/cpanel/version"} | {
        f"{STATE}/installed": found.get(f"{STATE}/installed", ANY)
    }


def told_ids(said: dict[str, object]) -> list[str]:
    """The ids of everything that is wrong, with the reports and with the installation."""
    installation = said["installation"]
    assert isinstance(installation, dict)
    assert isinstance(said["findings"], list)
    return [each["id"] for each in (*said["findings"], *installation["findings"])]


def page_of(panel: StandingPanel, user: str = "alice") -> str:
    """The page as an account sees it after logging in."""
    answer = visit(panel, log_in(panel, user))
    assert answer.status == 200, answer.text
    return answer.text


def calls_besides_questions(panel: StandingPanel, since: int) -> list[str]:
    """The commands that change something."""
    lines = [" ".join([str(line["command"]), *map(str, line["arguments"])]) for line in panel.commands()[since:]]  # type: ignore[call-overload]
    return [line for line in lines if not re.match(r"manage_hooks list|systemctl is-|is_registered", line)]


@pytest.mark.point(3, 4, 8, 9, 10, 11, 12, 13, 14, 15, 48, 50, 52, 53)
def test_one_command_and_all_of_its_life(release: Path) -> None:
    """Installed without a network, started again, broken by an update and repaired, removed, removed again, purged."""
    with server() as panel:
        before = files(panel)
        one_command_ends_in_a_working_page(panel, release)
        installed = files(panel)
        only_our_own_appeared(before, installed)
        the_second_time_it_only_looks(panel, release, installed)
        an_update_is_repaired(panel, installed)
        removed_but_for_the_data(panel, before)
        removed_again_and_purged(panel, release, before)


def one_command_ends_in_a_working_page(panel: StandingPanel, release: Path) -> None:
    """In less than a minute; and an admin is told what was done, where to click, and how to remove it."""
    began = time.monotonic()
    done = install(panel, release)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    page = page_of(panel)
    assert time.monotonic() - began < A_MINUTE
    assert "shop.example" in page
    for words in (
        "is installed: its page and icon in cPanel, its services, hooks",
        "cPanel » Security » AutoSSL Doctor",
        "(cpsrvd) was not restarted",
        f"To remove it: {UNINSTALL}",
    ):
        assert words in done.stdout
    assert panel.commands("cpsrvd") == []
    assert panel.commands("dnf") == []
    said = status(panel)
    assert (said["exit"], told_ids(said)) == (0, []), said
    registered = {"feature": True, "icon": True, "hooks": True, "whm_page": None}
    assert said["installation"]["registered"] == registered  # type: ignore[index]


def only_our_own_appeared(before: Files, installed: Files) -> None:
    """Files with our name, the hooks' registry, systemd's links; root's, with the modes of the manifest."""
    appeared = changed(before, installed)
    ours = re.compile(r"autossl[-_]doctor|/var/cpanel/hooks\.yaml$")
    assert [place for place in appeared if not ours.search(place)] == DIRECTORIES_OF_SYSTEMD
    for file in MANIFEST.files:
        who, _ = installed[file.place]
        assert who == f"{stat.filemode(stat.S_IFREG | file.mode)} 0:0"
    own = [(place, installed[place][0]) for place in appeared if place.startswith("/opt/autossl-doctor")]
    assert [place for place, who in own if not who.startswith("l") and "w" in who[4:10]] == []
    assert {who.partition(" ")[2] for _, who in own} == {"0:0"}
    # The package is compiled, so that no page has to do that for each visit.
    assert any(re.search(r"/autossl_doctor/entry/__pycache__/owner_page\..*\.pyc$", place) for place in appeared)


def the_second_time_it_only_looks(panel: StandingPanel, release: Path, installed: Files) -> None:
    """No command that changes anything is called, and no file differs."""
    asked = len(panel.commands())
    again = install(panel, release)
    assert (again.returncode, again.stderr) == (0, "")
    assert calls_besides_questions(panel, asked) == []
    assert steady(files(panel)) == steady(installed)


def an_update_is_repaired(panel: StandingPanel, installed: Files) -> None:
    """It takes page, icon and features away, and calls the hook, which starts the repair."""
    panel.upgrade()
    wait_until(lambda: told_ids(status(panel)) == [])
    assert [place for place in changed(steady(installed), steady(files(panel))) if "autossl" in place] == []
    assert "shop.example" in page_of(panel)
    [hook] = [line for line in panel.commands("hook") if "after-panel-update" in str(line["arguments"])]
    assert hook["agreed"]


def removed_but_for_the_data(panel: StandingPanel, before: Files) -> None:
    """Everything is as before but the reports, the memory and the log."""
    removed = panel.run([UNINSTALL])
    assert (removed.returncode, removed.stderr) == (0, "")
    assert f"Kept: {STATE} {LOGS}." in removed.stdout
    left = changed(steady(before), steady(files(panel)))
    assert [place for place in left if place not in (f"{STATE}/installed", OTHER_FEATURE)] == LEFT
    assert {STATE, LOGS} <= files(panel).keys()
    assert f"{STATE}/installed" not in files(panel)
    assert visit(panel, log_in(panel, "alice")).status == 404


def removed_again_and_purged(panel: StandingPanel, release: Path, before: Files) -> None:
    """There is nothing more to remove; `--purge` takes the data, and after that there is nothing at all."""
    second = panel.run([str(release / "uninstall.sh")])
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout.startswith("Nothing to remove.\nKept: ")
    purged = panel.run([str(release / "uninstall.sh"), "--purge"])
    assert purged.stdout == f"Removed: {STATE} {LOGS}\n"
    assert [place for place in changed(steady(before), files(panel)) if place not in PANELS_OWN] == LEFT
    third = panel.run([str(release / "uninstall.sh"), "--purge"])
    assert (third.returncode, third.stdout) == (0, "Nothing to remove.\n")


@pytest.mark.point(10, 51)
def test_an_upgrade_keeps_what_is_remembered_and_nothing_goes_back(release: Path, newer: Path) -> None:
    """The newer version takes over; the older one then refuses with a sentence, and not a file is touched."""
    with server() as panel:
        assert install(panel, release).returncode == 0
        kept = panel.path(f"{STATE}/state.db").stat().st_ino
        former = panel.path("/opt/autossl-doctor/venv").readlink()
        done = install(panel, newer)
        assert (done.returncode, done.stderr) == (0, "")
        assert panel.run([COMMAND, "--version"]).stdout == "autossl-doctor 7.0.0\n"
        said = status(panel)
        assert (said["exit"], told_ids(said)) == (0, [])
        assert panel.path(f"{STATE}/state.db").stat().st_ino == kept
        assert panel.read(f"{STATE}/installed").startswith("# autossl-doctor 7.0.0\n")
        assert panel.path("/opt/autossl-doctor/venv").readlink() != former
        assert sorted(path.name.partition("-")[0] for path in panel.path("/opt/autossl-doctor").iterdir()) == PROGRAM
        assert "shop.example" in page_of(panel)

        before = steady(files(panel))
        refused = install(panel, release)
        assert refused.returncode == 69
        assert "version 7.0.0 is installed, and this is" in refused.stderr
        assert "nothing was changed" in refused.stderr
        assert steady(files(panel)) == before


@pytest.mark.point(53)
@pytest.mark.parametrize(
    "gone",
    ["program", *(pytest.param(part, marks=pytest.mark.slow) for part in ("python", "release", "units", "pages"))],
)
def test_what_is_half_gone_is_removed_all_the_same(gone: str, panel_to_break: tuple[StandingPanel, Path]) -> None:
    """uninstall.sh from a fresh bundle needs nothing of what is installed."""
    panel, release = panel_to_break
    before = files(panel)
    assert install(panel, release).returncode == 0
    lost = {
        "python": ["/opt/autossl-doctor/venv/bin", "/opt/autossl-doctor/libexec"],
        "release": ["/opt/autossl-doctor/release", MANIFEST.icon_directory],
        "units": [f"/etc/systemd/system/{unit}" for unit in MANIFEST.units],
        "program": ["/opt/autossl-doctor"],
        "pages": ["/opt/autossl-doctor/libexec/hook", f"{THEME}/autossl_doctor", MANIFEST.feature_file],
    }[gone]
    panel.run(["rm", "-rf", *lost])
    removed = panel.run([str(release / "uninstall.sh"), "--purge"])
    assert (removed.returncode, removed.stderr) == (0, ""), removed.stdout
    assert [place for place in changed(before, files(panel)) if place not in LEFT] == []
    assert all("autossl-doctor" not in line for line in panel.read("/var/cpanel/hooks.yaml").splitlines())
