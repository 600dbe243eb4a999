"""The limits of a service that the stand-in enforces: its capabilities, new privileges, and a network of its own."""

import ctypes

from tests.lab.panel.unit_file import Unit

_BOUNDING_SET_DROP, _NO_NEW_PRIVILEGES, _NEW_NETWORK = 24, 38, 0x40000000
_CAPABILITIES = [
    *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
    *("LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER"),
    *("SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE"),
    *("SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP"),
    *("MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF"),
    "CHECKPOINT_RESTORE",
]
"""In the order of their numbers."""


def limit_network(unit: Unit) -> None:
    """Leave the panel's network, where the unit asks for that."""
    if unit.yes("PrivateNetwork"):
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK)


def withheld(unit: Unit) -> list[int]:
    """The numbers of the capabilities that the unit's bounding set leaves out; none where it has no such set."""
    given = unit.all("CapabilityBoundingSet")
    if "CapabilityBoundingSet" not in unit.sections.get("Service", {}) or any(word[:1] == "~" for word in given):
        return []
    kept = {word.removeprefix("CAP_") for word in " ".join(given).split()}
    return [number for number, name in enumerate(_CAPABILITIES) if name not in kept]


def drop_capabilities(numbers: list[int]) -> None:
    """Take capabilities away from what this process executes; last, because dropping needs one of them."""
    libc = ctypes.CDLL(None, use_errno=True)
    for number in numbers:
        libc.prctl(_BOUNDING_SET_DROP, number, 0, 0, 0)


def forbid_new_privileges(unit: Unit) -> None:
    """No program that is executed gains a privilege."""
    if unit.yes("NoNewPrivileges"):
        ctypes.CDLL(None, use_errno=True).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
