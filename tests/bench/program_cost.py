"""What a program costs: `python -m tests.bench.program_cost COMMAND...` prints the seconds of its cheapest run."""

import json
import os
import subprocess
import sys

TIMES = 15


def once(command: list[str]) -> float:
    """Run it once."""
    process = subprocess.Popen(command, env={}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    print(json.dumps({"seconds": min(once(sys.argv[1:]) for _ in range(TIMES))}))
