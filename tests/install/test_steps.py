"""Single scenes of an installation: a step that fails, an upgraded system, accounts that come and go, a page in WHM."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.install.server import COMMAND, LOCK, STATE, UNINSTALL, changed, files, install, server
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


def test_a_package_s_files_are_left_to_the_package_manager(panel: StandingPanel, release: Path) -> None:
    """`--package` installs what lies in its place already, and removes all but that."""
    wrong = install(panel, release, "--package")
    assert wrong.returncode == 64
    panel.run(["mkdir", "-p", "/opt/autossl-doctor"])
    panel.run(["cp", "-R", str(release), "/opt/autossl-doctor/release"])
    before = files(panel)
    done = panel.run(["/opt/autossl-doctor/release/install.sh", "--package"], patience=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert panel.run([COMMAND, "status"]).returncode == 0
    removed = panel.run([UNINSTALL, "--package", "--purge"])
    assert (removed.returncode, removed.stderr) == (0, "")
    assert changed(before, files(panel)) == [LOCK]
