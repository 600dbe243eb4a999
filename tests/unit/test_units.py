"""The units of the follower: what systemd itself says of them, and how little they may do."""

import re
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

SYSTEM = Path(__file__).resolve().parents[2] / "plugin/system"
UNITS = sorted(SYSTEM.glob("autossl-doctor-follow.*"))
SERVICE = SYSTEM / "autossl-doctor-follow.service"
EXPOSURE = 1.5
"""What `systemd-analyze security` counts for the follower; 0 would be a service that can do nothing."""


def values(unit: Path, section: str) -> dict[str, str]:
    """The last value of each directive."""
    parser = ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    return dict(parser[section])


@pytest.fixture
def copies(tmp_path: Path) -> list[str]:
    """The units with a program that every machine has."""
    for unit in SYSTEM.glob("autossl-doctor-*"):
        text = re.sub(
            r"^ExecStart=.*$", "ExecStart=/usr/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    return [str(tmp_path / unit.name) for unit in UNITS]


@pytest.mark.system("systemd-analyze")
def test_systemd_takes_the_units_as_they_are(copies: list[str]) -> None:
    """Without a word of doubt."""
    answer = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *copies], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, [line for line in answer.stderr.splitlines() if "autossl-doctor" in line]) == (0, [])


@pytest.mark.point(47)
@pytest.mark.system("systemd-analyze")
def test_the_follower_may_do_little(copies: list[str]) -> None:
    """Its exposure stays below what was reached."""
    command = ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE * 10:.0f}", "--no-pager"]
    service = next(copy for copy in copies if copy.endswith(".service"))
    answer = subprocess.run([*command, service], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.point(31, 47)
def test_the_follower_is_root_without_root_s_rights() -> None:
    """Two capabilities, no network, a system that it cannot write to."""
    service = values(SERVICE, "Service")
    assert service["CapabilityBoundingSet"].split() == ["CAP_DAC_READ_SEARCH", "CAP_CHOWN"]
    wanted = {
        "PrivateNetwork": "yes",
        "RestrictAddressFamilies": "AF_UNIX",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "UMask": "0077",
    }
    assert {name: service[name] for name in wanted} == wanted
    assert "ProtectProc" not in service  # it must see whether a check is still running


@pytest.mark.point(46)
def test_work_gives_way_to_everything_else_on_the_server() -> None:
    """At low priority, within limits, not at the same minute everywhere, and not again and again when it fails."""
    service, unit = values(SERVICE, "Service"), values(SERVICE, "Unit")
    assert int(service["Nice"]) > 0
    assert service["IOSchedulingClass"] == "idle"
    assert int(service["CPUWeight"]) < 100
    assert {"MemoryMax", "TasksMax"} <= service.keys()
    assert {"StartLimitIntervalSec", "StartLimitBurst"} <= unit.keys()
    assert "RandomizedDelaySec" in values(SYSTEM / "autossl-doctor-follow.timer", "Timer")


@pytest.mark.point(35)
def test_the_follower_runs_the_installed_program() -> None:
    """Isolated from whatever the environment says about Python."""
    assert values(SERVICE, "Service")["ExecStart"] == (
        "/opt/autossl-doctor/venv/bin/python3 -I -m autossl_doctor follow"
    )


def test_everybody_may_wake_the_follower_and_nobody_may_read() -> None:
    """The FIFO lies where the page writes to it."""
    socket = values(SYSTEM / "autossl-doctor-follow.socket", "Socket")
    assert socket["ListenFIFO"] == "/run/autossl-doctor/wake"
    assert (socket["SocketMode"], socket["DirectoryMode"]) == ("0622", "0711")


def test_each_unit_is_started_by_its_target() -> None:
    """And names what it starts."""
    for unit in UNITS:
        assert values(unit, "Install")["WantedBy"].endswith(".target")
        if unit.suffix in (".path", ".timer"):
            assert values(unit, unit.suffix[1:].capitalize())["Unit"] == SERVICE.name
