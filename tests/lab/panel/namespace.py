"""Namespaces of its own for the stand-in: files, network and, without root, users (see `mounts`)."""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.lab.panel import mounts

_ROOT = Path(__file__).resolve().parents[3]
_UP, _RUNNING = 0x1, 0x40
_GET_FLAGS, _SET_FLAGS, _SET_ADDRESS, _SET_MASK = 0x8913, 0x8914, 0x8916, 0x891C
_TRIAL = "import sys; from tests.lab.panel import namespace; namespace.try_out(sys.argv[1])"


@dataclass(frozen=True)
class Forbidden:
    """Why no namespaces are to be had on this machine, in a few words."""

    why: str


def is_root() -> bool:
    """Whether the stand-in gets real accounts: otherwise it has one, with the one user that is mapped."""
    return os.geteuid() == 0


def entering() -> list[str]:
    """The beginning of a command that runs in fresh namespaces; those of files stay unseen by the machine."""
    users = [] if is_root() else ["--user", "--map-root-user"]
    return ["unshare", *users, "--mount", "--net", "--propagation", "private"]


def forbidden() -> Forbidden | None:
    """Try it: None where namespaces are to be had."""
    if shutil.which("unshare") is None:
        return Forbidden("the program unshare (util-linux) is missing")
    with tempfile.TemporaryDirectory() as folder:
        command = [*entering(), sys.executable, "-c", _TRIAL, folder]
        tried = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=60)
    if tried.returncode == 0:
        return None
    last = tried.stderr.strip().rpartition("\n")[2]
    return Forbidden(last or f"unshare ended with {tried.returncode}")


def try_out(folder: str) -> None:
    """What the stand-in needs inside: a file laid over the machine's, and a network of its own."""
    tree, stage = Path(folder, "tree"), Path(folder, "stage")
    (tree / "etc").mkdir(parents=True)
    (tree / "etc/autossl-doctor-lab").touch()
    stage.mkdir()
    mounts.lay_over(tree, stage)
    bring_up("192.0.2.10")


def bring_up(address: str) -> None:
    """Bring up the loopback device of a fresh network and give it the server's address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = fcntl.ioctl(control, _GET_FLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", asked)[1] | _UP | _RUNNING
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags))
        for request, value in ((_SET_ADDRESS, address), (_SET_MASK, "255.255.255.255")):
            wanted = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(value))
            fcntl.ioctl(control, request, wanted)
