"""Whether a process that a run log names is still the same one."""

from __future__ import annotations

from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Unknown

_START_TICKS = 22
_UPID_PARTS = 3


def has_process_table(host: HostPaths) -> bool:
    """Tell whether processes can be looked at: always on a live host, on a saved one only if it holds `proc`."""
    return host.exists("/proc/stat")


def is_alive(host: HostPaths, upid: str) -> bool | None:
    """Tell whether `<pid>.<start ticks>.<boot time>` names a living process; None if it cannot be looked at.

    The start ticks are field 22 of /proc/<pid>/stat, the boot time is `btime` of /proc/stat.
    """
    parts = upid.split(".")
    if len(parts) != _UPID_PARTS or not all(part.isdecimal() for part in parts):
        return None
    pid, ticks, boot = parts
    general = host.read_text("/proc/stat")
    if isinstance(general, Unknown):
        return None
    if f"btime {boot}" not in general.value.splitlines():
        return False
    status = host.read_text(f"/proc/{pid}/stat")
    if isinstance(status, Unknown):
        return False if status.why == "missing" else None
    # The command name stands in brackets and may itself hold spaces and brackets.
    fields = status.value.rpartition(")")[2].split()
    return len(fields) > _START_TICKS - 3 and fields[_START_TICKS - 3] == ticks
