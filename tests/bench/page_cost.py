"""What one visit costs: starts a page as its account with a LiveAPI beside it, inside a standing panel.

python -m tests.bench.page_cost SCRIPT ACCOUNT TIMES   prints the processor seconds of the cheapest run
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.lab.cpsrvd import accounts, identity
from tests.lab.cpsrvd.calls import Call, Result
from tests.lab.cpsrvd.functions import PageRun
from tests.lab.cpsrvd.languages import Locale
from tests.lab.cpsrvd.liveapi import LiveApi
from tests.lab.cpsrvd.logs import Logs
from tests.lab.cpsrvd.settings import Settings

ROOT = Path("/")
TOKEN = "/cpsess0123456789"


def nothing_excluded(_: Call) -> Result:
    """An account that leaves nothing out."""
    return Result(data=[])


def visit(script: str, name: str) -> tuple[float, int]:
    """Start the page once."""
    account = accounts.find(ROOT, name)
    assert account is not None
    page = PageRun(ROOT, account, Locale("ja", "日本語", "ltr"), TOKEN)
    functions = {"SSL::get_autossl_excluded_domains": nothing_excluded}
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o711)
        calls: list[Call] = []
        live = LiveApi(
            page, functions, directory=Path(directory), settings=Settings(), logs=Logs(ROOT), record=calls.append
        )
        with live:
            environment = {
                "REQUEST_METHOD": "GET",
                "REMOTE_USER": name,
                "cp_security_token": TOKEN,
                "CPANEL_CONNECT_SOCKET": str(live.socket),
            }
            with subprocess.Popen(
                [script],
                env=environment,
                **identity.become(account),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            ) as process:
                assert process.stdout
                output = process.stdout.read()
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not output.startswith(b"Status: 200"):
        raise SystemExit(f"{script} answered {output[:200]!r}")
    return usage.ru_utime + usage.ru_stime, len(output)


def main() -> None:
    """Measure one script."""
    script, name, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seconds, size = min(visit(script, name) for _ in range(times))
    print(json.dumps({"seconds": seconds, "bytes": size}))


if __name__ == "__main__":
    main()
