"""What the panel calls for each account, certificate and update: fast, whatever comes in, and never an obstacle."""

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from autossl_doctor.entry.installing.manifest import read_manifest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "plugin/system/libexec").glob("[!.]*"))
HOOKS = [path for path in SCRIPTS if path.name != "autossl-doctor"]
EVENT = {"context": {}, "hook": {"category": "Whostmgr", "event": "Accounts::Remove"}, "data": {"user": "alice"}}
INPUTS = {
    "nothing": b"",
    "an event": json.dumps(EVENT).encode(),
    "unknown keys": json.dumps({"surprise": [EVENT] * 3, "data": None}).encode(),
    "no JSON": b"\xff\x00;`reboot`\n$(reboot)",
    "5 MB": b"x" * 5_000_000,
}
QUICK = 0.4
"""Seconds on a machine that is busy with other tests; alone it takes some milliseconds."""


def call(script: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Call a hook as the panel does, with nothing in its environment."""
    return subprocess.run(
        [script, *arguments], input=given, env={}, cwd="/", capture_output=True, check=False, timeout=30
    )


@pytest.mark.point(44)
@pytest.mark.parametrize("script", HOOKS, ids=lambda path: path.name)
def test_a_hook_describes_what_the_manifest_says(script: Path) -> None:
    """The JSON that manage_hooks reads, with the script's own place in it."""
    manifest = read_manifest(ROOT)
    described = json.loads(call(script, "--describe").stdout)
    place = next(file.place for file in manifest.files if file.source == str(script.relative_to(ROOT)))
    assert [(each["category"], each["event"], each["stage"]) for each in described] == [
        (hook.category, hook.event, hook.stage) for hook in manifest.hooks if hook.script == place
    ]
    assert {(each["hook"], each["exectype"]) for each in described} == {(place, "script")}


@pytest.mark.point(44)
@pytest.mark.parametrize("given", INPUTS.values(), ids=INPUTS)
@pytest.mark.parametrize("script", HOOKS, ids=lambda path: path.name)
def test_a_hook_answers_1_at_once(script: Path, given: bytes) -> None:
    """Also where nothing of the product is there: everything is read, 1 is printed, nothing is said besides."""
    began = time.monotonic()
    answer = call(script, given=given)
    assert time.monotonic() - began < QUICK
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, b"1 AutoSSL Doctor\n", b"")


@pytest.mark.point(44, 48)
def test_the_update_hook_takes_the_versions_of_an_upgradecall() -> None:
    """AppConfig hands over the old and the new version."""
    answer = call(ROOT / "plugin/system/libexec/after-panel-update", "11.134.0.1", "11.136.0.1")
    assert answer.stdout == b"1 AutoSSL Doctor\n"


def fill(fifo: int) -> None:
    """Write until nothing more fits."""
    with contextlib.suppress(BlockingIOError):
        while os.write(fifo, b"x" * 4096):
            pass


@pytest.mark.point(44)
@pytest.mark.parametrize("state", ["nobody reads", "full"])
def test_a_fifo_that_takes_nothing_is_no_reason_to_wait(state: str, tmp_path: Path) -> None:
    """Without a reader, and with a full pipe, the hook answers as fast."""
    fifo = tmp_path / "wake"
    os.mkfifo(fifo)
    text = (ROOT / "plugin/system/libexec/hook").read_text(encoding="utf-8")
    assert text.count("/run/autossl-doctor/wake") == 1
    script = tmp_path / "hook"
    script.write_text(text.replace("/run/autossl-doctor/wake", str(fifo)), encoding="utf-8")
    script.chmod(0o755)
    reader = os.open(fifo, os.O_RDWR | os.O_NONBLOCK) if state == "full" else None
    try:
        if reader is not None:
            fill(reader)
        began = time.monotonic()
        assert call(script).stdout == b"1 AutoSSL Doctor\n"
        assert time.monotonic() - began < QUICK
    finally:
        if reader is not None:
            os.close(reader)


def test_a_hook_wakes_whoever_reads(tmp_path: Path) -> None:
    """One byte; and a missing FIFO does not become a file."""
    fifo = tmp_path / "wake"
    text = (ROOT / "plugin/system/libexec/hook").read_text(encoding="utf-8")
    script = tmp_path / "hook"
    script.write_text(text.replace("/run/autossl-doctor/wake", str(fifo)), encoding="utf-8")
    script.chmod(0o755)
    call(script)
    assert not fifo.exists()
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        call(script, given=b"{}")
        assert os.read(reader, 10) == b"w"
    finally:
        os.close(reader)


def test_without_its_environment_the_command_says_what_helps(tmp_path: Path) -> None:
    """After an upgrade of the operating system took Python away, one sentence names the repair."""
    script = tmp_path / "autossl-doctor"
    text = (ROOT / "plugin/system/libexec/autossl-doctor").read_text(encoding="utf-8")
    script.write_text(text.replace("program=/opt/autossl-doctor", f"program={tmp_path}"), encoding="utf-8")
    script.chmod(0o755)
    answer = call(script, "status")
    assert answer.returncode == 70
    assert b"autossl-doctor repair" in answer.stderr
