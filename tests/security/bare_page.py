"""Runs a page file without the panel around it: with any environment, and with any answers on its LiveAPI socket.

What cpsrvd would never hand out (another REMOTE_USER than the uid, odd answers, other methods) is made up here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.lab.panel.entered import StandingPanel
from tests.security.household import PASSWORD_CANARY, PYTHON

PAGES = "/usr/local/cpanel/base/frontend/jupiter/autossl_doctor"
TOKEN = "/cpsess0123456789"
ON = '{"status": 1, "data": null}'
_RUNNER = r"""
import json, os, socket, subprocess, sys, tempfile, threading
given = json.load(sys.stdin)
place = tempfile.mkdtemp(dir=os.environ["HOME"])
path = place + "/liveapi"
listening = socket.socket(socket.AF_UNIX)
listening.bind(path)
listening.listen(1)
calls = []

def requests(stream):
    while line := stream.readline():
        yield stream.read(int(line))

def serve():
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as stream:
        for request in requests(stream):
            name = "enable"
            if request.startswith(b"<cpanelaction>"):
                asked = json.loads(request[14:-15])
                name = asked["module"] + "::" + asked["func"]
                calls.append(name)
            elif b"shutdown" in request:
                name = "shutdown"
            answer = given["answers"].get(name, given["answers"].get("*", ""))
            if name in given["whole"]:
                connection.sendall(given["whole"][name].encode())
            else:
                connection.sendall(b"<cpanelresult>{\"result\":" + (answer or "{}").encode() + b"}</cpanelresult>")
            if name == "shutdown":
                return

threading.Thread(target=serve, daemon=True).start()
environment = {name: value.replace("SOCKET", path) for name, value in given["environment"].items()}
done = subprocess.run(given["command"], env=environment, input=given["body"].encode(), capture_output=True, timeout=40)
print(json.dumps({"status": done.returncode, "output": done.stdout.decode("latin-1"),
                  "said": done.stderr.decode("utf-8", "replace"), "calls": calls}))
os.unlink(path)
os.rmdir(place)
"""


@dataclass(frozen=True)
class Bare:
    """How the run ended: the answer, what it wrote to its standard error, and which functions it called."""

    status: int
    output: str
    said: str
    calls: tuple[str, ...]

    @property
    def head(self) -> str:
        """The header lines."""
        return self.output.partition("\r\n\r\n")[0]

    @property
    def is_refusal(self) -> bool:
        """Whether the page stayed closed, in its own words, and called nothing but the question about the feature."""
        return self.head.startswith("Status: 403 ") and not set(self.calls) - {"Features::has_feature"}


def environment(user: str, **changes: str | None) -> dict[str, str]:
    """The environment of a good request of the account; None takes a variable away."""
    usual: dict[str, str | None] = {
        "REMOTE_USER": user,
        "REMOTE_PASSWORD": PASSWORD_CANARY,
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": "",
        "HOME": f"/home/{user}",
        "USER": user,
        "PATH": "/usr/bin:/bin",
        "cp_security_token": TOKEN,
        "CPANEL_CONNECT_SOCKET": "SOCKET",
        "HTTP_COOKIE": "cpsession=canary-of-a-cookie",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def run_bare(
    panel: StandingPanel,
    user: str,
    *,
    page: str = "index.live.cgi",
    variables: Mapping[str, str] | None = None,
    body: str = "",
    answers: Mapping[str, str] | None = None,
    whole: Mapping[str, str] | None = None,
    interpreter: tuple[str, ...] = (),
    before: str = "true",
) -> Bare:
    """Run a page as an account; `answers` are results by function ("*": all others), `whole` are whole replies.

    `before` is a shell command of the account's own that is done first.
    """
    told = {
        "command": [*interpreter, f"{PAGES}/{page}"],
        "environment": dict(environment(user) if variables is None else variables),
        "body": body,
        "answers": {"*": ON} | dict(answers or {}),
        "whole": dict(whole or {}),
    }
    script = f'{before}; exec {PYTHON} -I -c "$1"'
    done = panel.run(["sh", "-c", script, "sh", _RUNNER], user=user, stdin=json.dumps(told))
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout)
    return Bare(ended["status"], ended["output"], ended["said"], tuple(ended["calls"]))
