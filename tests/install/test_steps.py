"""Single scenes of an installation: a step that fails, an upgraded system, accounts that come and go, a page in WHM."""

import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.install.server import COMMAND, LOCK, LOGS, STATE, UNINSTALL, changed, files, install, server
from tests.install.test_refusals import script
from tests.install.whm_page import CGI, ICON, SAID
from tests.lab.cpsrvd.sample_host import Browser
from tests.lab.panel.before_installation import ROOT_PASSWORD
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.standing import PASSWORD

pytestmark = [pytest.mark.system("root and layered files", "the package index")]


@pytest.fixture
def panel() -> Iterator[StandingPanel]:
    """A server before the installation."""
    with server() as standing:
        yield standing


def wait_until(holds: Callable[[], bool], patience: float = 60) -> None:
    """Look again and again."""
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.point(10)
@pytest.mark.parametrize(
    "command",
    ["manage_hooks", *(pytest.param(each, marks=pytest.mark.slow) for each in ("install_plugin", "systemctl"))],
)
def test_a_step_that_fails_stops_and_is_resumed(command: str, panel: StandingPanel, release: Path) -> None:
    """What was broken is named with its own words; when it works again, the same command goes on."""
    panel.behave(command, code=1, stderr="it is broken")
    failed = install(panel, release)
    assert failed.returncode == 70
    assert "it is broken" in failed.stderr
    assert "it goes on where it stopped" in failed.stderr
    assert not panel.path(f"{STATE}/installed").exists()
    panel.behave(command)
    resumed = install(panel, release)
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert "it is there and works" in resumed.stdout  # the environment was not made twice
    assert panel.run([COMMAND, "status"]).returncode == 0


@pytest.mark.point(49, 50)
def test_an_upgrade_of_the_system_that_takes_python_away(panel: StandingPanel, release: Path) -> None:
    """The command says what helps; `repair` makes the environment anew from the kept release, without a network."""
    assert install(panel, release).returncode == 0
    former = panel.path("/opt/autossl-doctor/venv").readlink()
    panel.run(["sh", "-c", "rm /opt/autossl-doctor/venv/bin/python3* /opt/autossl-doctor/venv/bin/python"])
    broken = panel.run([COMMAND, "status"])
    assert broken.returncode == 70
    assert "autossl-doctor repair" in broken.stderr
    repaired = panel.run([COMMAND, "repair"], patience=120)
    assert (repaired.returncode, repaired.stderr) == (0, "")
    assert "Making the Python environment anew" in repaired.stdout
    assert panel.path("/opt/autossl-doctor/venv").readlink() != former
    assert panel.run([COMMAND, "status"]).returncode == 0
    assert panel.commands("dnf") == []


@pytest.mark.point(32, 41, 44, 45)
def test_accounts_come_and_go(panel: StandingPanel, release: Path) -> None:
    """The hooks wake the follower: a removed account's data go at once, a new one gets its report."""
    assert install(panel, release).returncode == 0
    gone = panel.path(f"{STATE}/reports/{panel.numbers['bob']}")
    assert gone.exists()
    panel.whm("removeacct", username="bob")
    wait_until(lambda: not gone.exists())
    assert not panel.path(f"{STATE}/inbox/{panel.numbers['bob']}").exists()
    panel.whm("createacct", username="nora", domain="nora.example")
    number = panel.run(["id", "-u", "nora"]).stdout.strip()
    wait_until(lambda: panel.path(f"{STATE}/reports/{number}/report.json").exists())
    calls = [line for line in panel.commands("hook") if "/opt/autossl-doctor/" in str(line["arguments"])]
    assert {str(line["arguments"][1]) for line in calls} == {"Whostmgr::Accounts::Remove", "Whostmgr::Accounts::Create"}  # type: ignore[index]
    assert all(line["agreed"] for line in calls)


def whm_answer(panel: StandingPanel, user: str) -> tuple[int, str]:
    """What the page in WHM says to a visitor."""
    parts = urlsplit(panel.whm_url)
    browser = Browser((str(parts.hostname), int(parts.port or 0)))
    browser.login(user, ROOT_PASSWORD if user == "root" else PASSWORD)
    answer = browser.get(f"{browser.token}/cgi/autossl_doctor/index.cgi")
    return answer.status, answer.text if answer.status == 200 else ""


@pytest.mark.point(1, 4, 5, 7, 11, 15, 52)
def test_a_page_in_whm(panel: StandingPanel, release_with_whm: Path) -> None:
    """Its record is registered by the panel's command; cpsrvd restarts once, which is said before; and out it goes."""
    before = files(panel)
    done = install(panel, release_with_whm)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout
    assert said.index("(cpsrvd) restarts once") < said.index("* Files")
    assert "In WHM: WHM » Plugins » AutoSSL Doctor." in said
    assert len(panel.commands("cpsrvd")) == 1
    record = panel.read("/var/cpanel/apps/autossl_doctor.conf")
    assert "acls=software-AutosslDoctor\n" in record
    assert panel.path(CGI).stat().st_mode & 0o7777 == 0o755
    # Root and a reseller with our own privilege see it, each as itself; another reseller does not.
    seen = {user: whm_answer(panel, user) for user in ("root", "rita", "rob")}
    assert seen == {"root": (200, f"{SAID} root\n"), "rita": (200, f"{SAID} rita\n"), "rob": (403, "")}
    # The second time nothing restarts, and nobody is told that it will.
    again = install(panel, release_with_whm)
    assert "restarts once" not in again.stdout
    assert len(panel.commands("cpsrvd")) == 1
    assert panel.run([COMMAND, "status"]).returncode == 0
    # Somebody unregisters it: status says so, repair registers it again.
    panel.run(["/usr/local/cpanel/bin/unregister_appconfig", "autossl_doctor"])
    wrong = panel.run([COMMAND, "status"])
    assert wrong.returncode == 1
    assert "The page in WHM is not registered." in wrong.stdout
    assert panel.run([COMMAND, "repair"]).returncode == 0
    assert panel.path("/var/cpanel/apps/autossl_doctor.conf").exists()
    removed = panel.run([UNINSTALL, "--purge"])
    assert (removed.returncode, removed.stderr) == (0, "")
    assert "page-in-WHM" in removed.stdout
    assert not panel.path(ICON).exists()
    assert changed(before, files(panel)) == [LOCK]


def test_whoever_has_an_account_cannot_hold_up_an_installation(panel: StandingPanel, release: Path) -> None:
    """The lock is root's alone, also where it lies there with another mode."""
    panel.run(["sh", "-c", f"touch {LOCK}; chmod 666 {LOCK}"])
    assert install(panel, release).returncode == 0
    assert panel.path(LOCK).stat().st_mode & 0o777 == 0o600
    held = panel.run(["flock", "-n", LOCK, "true"], user="alice")
    assert (held.returncode, "Permission denied" in held.stderr) == (66, True)


@pytest.mark.point(10)
@pytest.mark.parametrize(
    "left",
    [
        "ln -s venv venv-new",
        "mkdir venv-new environment-aaaaaa release-aaaaaa",
        "cp -rL venv copy; rm venv; mv copy venv",
        "rm -r release; ln -s /nonexistent release",
    ],
)
def test_what_an_interrupted_attempt_or_a_backup_has_left_is_no_hindrance(
    left: str, panel: StandingPanel, release: Path
) -> None:
    """Broken off between two steps, or restored with directories in place of links."""
    assert install(panel, release).returncode == 0
    panel.run(["sh", "-c", f"cd /opt/autossl-doctor; {left}; rm -f venv/made-from"])
    done = install(panel, release)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert panel.run([COMMAND, "status"]).returncode == 0
    program = panel.path("/opt/autossl-doctor")
    names = ["cpanel", "environment", "libexec", "release", "venv"]
    assert sorted(path.name.partition("-")[0] for path in program.iterdir()) == names
    assert (program / "venv").is_symlink()
    removed = panel.run([UNINSTALL, "--purge"])
    assert (removed.returncode, removed.stderr) == (0, "")


@pytest.mark.point(10)
def test_a_disk_that_is_full_in_the_middle(panel: StandingPanel, release: Path) -> None:
    """Half of an environment does not stay and take the room that was made."""
    panel.run(["sh", "-c", script("/usr/bin/df", "echo; echo x 9 9 9999999 9 /opt")])
    panel.run(["mount", "-t", "tmpfs", "-o", "size=30m", "none", "/opt"])
    failed = install(panel, release)
    assert failed.returncode == 70
    assert '"Making the Python environment" failed' in failed.stderr
    assert "it goes on where it stopped" in failed.stderr
    assert [path.name for path in panel.path("/opt/autossl-doctor").iterdir()] == ["release"]
    panel.run(["mount", "-o", "remount,size=300m", "/opt"])
    assert install(panel, release).returncode == 0


@pytest.mark.point(10, 51)
def test_an_environment_that_does_not_work_is_not_switched_to(
    panel: StandingPanel, release: Path, tmp_path: Path
) -> None:
    """What was there before goes on working."""
    assert install(panel, release).returncode == 0
    former = panel.path("/opt/autossl-doctor/venv").readlink()
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    locked = copy / "requirements/runtime.txt"
    parts = re.split(r"\n(?=[a-z])", locked.read_text())
    locked.write_text("\n".join(part for part in parts if not part.startswith("tzdata")))
    sums = copy / "SHA256SUMS"
    lines = [line for line in sums.read_text().splitlines() if not line.endswith("runtime.txt")]
    lines.append(f"{hashlib.sha256(locked.read_bytes()).hexdigest()}  requirements/runtime.txt")
    sums.write_text("\n".join(lines) + "\n")
    failed = install(panel, copy)
    assert failed.returncode == 70
    assert "No module named 'tzdata'" in failed.stderr
    assert panel.path("/opt/autossl-doctor/venv").readlink() == former
    assert panel.run([COMMAND, "status"]).returncode == 0


@pytest.mark.point(34)
@pytest.mark.parametrize("planted", ["ln -s /root/kept {}", "touch {}", "mkdir {0}; chown alice {0}"])
def test_root_does_not_write_where_somebody_has_planted_something(
    planted: str, panel: StandingPanel, release: Path
) -> None:
    """The log's directory may be made by others than root on some systems."""
    panel.run(["sh", "-c", f"mkdir -m 755 /root/kept; {planted.format(LOGS)}"])
    before = files(panel)
    refused = install(panel, release)
    assert refused.returncode == 70
    assert f"{LOGS} is not a directory of root's" in refused.stderr
    left = [place for place in changed(before, files(panel)) if not place.startswith("/opt/autossl-doctor")]
    assert left == [LOCK]


def test_repair_without_a_release_says_what_helps(panel: StandingPanel, release: Path) -> None:
    """And does not tell somebody who repairs to repair."""
    assert install(panel, release).returncode == 0
    panel.run(["rm", "-r", "/opt/autossl-doctor/release", "/opt/autossl-doctor/venv"])
    refused = panel.run([COMMAND, "repair"])
    assert refused.returncode == 69
    assert "install AutoSSL Doctor anew" in refused.stderr


def test_everything_is_said_in_japanese_too(panel: StandingPanel, release: Path) -> None:
    """From the first step, which is done before there is a Python, to the last; and what fails as well."""
    panel.run(["touch", LOGS])
    failed = install(panel, release, "--lang", "ja")
    assert failed.returncode == 70
    assert f"「Python 環境の作成」に失敗しました。{LOGS} が root のディレクトリではありません。" in failed.stderr
    panel.run(["rm", LOGS])
    done = install(panel, release, "--lang", "ja")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("  Python 3.")]
    assert [line for line in lines if not re.search("[ぁ-んァ-ン一-龥]", line)] == []
    assert "問題ありません" in lines[1]


@pytest.mark.point(53)
def test_a_program_that_was_moved_behind_a_link_is_removed_all_the_same(panel: StandingPanel, release: Path) -> None:
    """Repair and installation say that the link is in the way; the removal leaves neither it nor what it leads to."""
    before = files(panel)
    assert install(panel, release).returncode == 0
    panel.run(["sh", "-c", "mv /opt/autossl-doctor /srv/elsewhere; ln -s /srv/elsewhere /opt/autossl-doctor"])
    refused = panel.run([COMMAND, "repair"])
    assert (refused.returncode, "/opt/autossl-doctor is in the way" in refused.stderr) == (70, True)
    removed = panel.run([str(release / "uninstall.sh"), "--purge"])
    assert (removed.returncode, removed.stderr) == (0, "")
    assert not panel.path("/srv/elsewhere").exists()
    assert changed(before, files(panel)) == [LOCK]


@pytest.mark.point(53)
def test_a_removal_that_has_to_wait_too_long_removes_nothing(panel: StandingPanel, release: Path) -> None:
    """Least of all the reports, while a repair is writing them."""
    assert install(panel, release).returncode == 0
    panel.run(["sh", "-c", script("/usr/bin/flock", "exit 1")])
    before = files(panel)
    refused = panel.run([UNINSTALL, "--purge"])
    assert refused.returncode == 70
    assert "is at work" in refused.stderr
    assert [place for place in changed(before, files(panel)) if not place.startswith("/run/")] == []


def test_what_the_panel_starts_does_not_keep_the_lock(panel: StandingPanel, release: Path) -> None:
    """A daemon that comes of uninstall_plugin would hold up every later installation."""
    assert install(panel, release).returncode == 0
    starts = script("/usr/local/cpanel/scripts/uninstall_plugin", "sleep 20 >/dev/null 2>&1 &")
    panel.run(["sh", "-c", starts])
    assert panel.run([UNINSTALL]).returncode == 0
    assert panel.run(["flock", "-n", LOCK, "true"]).returncode == 0


def test_a_package_s_files_are_left_to_the_package_manager(panel: StandingPanel, release: Path) -> None:
    """`--package` installs what lies in its place already, and removes all but that."""
    wrong = install(panel, release, "--package")
    assert wrong.returncode == 64
    panel.run(["mkdir", "-p", "/opt/autossl-doctor"])
    panel.run(["cp", "-R", str(release), "/opt/autossl-doctor/release"])
    before = files(panel)
    done = panel.run(["/opt/autossl-doctor/release/install.sh", "--package"], patience=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert "remove the package: dnf remove autossl-doctor" in done.stdout
    assert "uninstall.sh" not in done.stdout
    assert panel.run([COMMAND, "status"]).returncode == 0
    removed = panel.run([UNINSTALL, "--package", "--purge"])
    assert (removed.returncode, removed.stderr) == (0, "")
    assert changed(before, files(panel)) == [LOCK]
