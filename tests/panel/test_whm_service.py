"""The WHM service of a standing panel: what was registered there is what is served there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.lab.cpsrvd.sample_host import Browser
from tests.lab.panel.before_installation import ROOT_PASSWORD, host_before_installation
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.standing import PASSWORD

BIN = "/usr/local/cpanel/bin"
CGI = "/usr/local/cpanel/whostmgr/docroot/cgi/trial/index.cgi"
URL = "/cgi/trial/index.cgi"
pytestmark = pytest.mark.system("root and layered files")


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[StandingPanel]:
    """A host before an installation, with a page that is not registered yet."""
    with host_before_installation(tmp_path) as standing:
        put(standing, CGI, "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'; echo $REMOTE_USER; id -u\n", 0o755)
        put(standing, "/opt/trial.conf", f"name=trial\nservice=whostmgr\nurl={URL}\nacls=software-AutosslDoctor\n")
        yield standing


def put(panel: StandingPanel, path: str, text: str, mode: int = 0o644) -> None:
    """A file inside."""
    place = panel.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    place.chmod(mode)


def browser_of(url: str) -> Browser:
    """A visitor of one of the services."""
    parts = urlsplit(url)
    return Browser((str(parts.hostname), int(parts.port or 0)))


def test_registering_opens_the_page_and_logs_everybody_out(panel: StandingPanel) -> None:
    """Before: refused, also for root. Then a new login is needed, in both services, and root and rita see the page."""
    whm, cpanel = browser_of(panel.whm_url), browser_of(panel.url)
    whm.login("root", ROOT_PASSWORD)
    cpanel.login("alice", PASSWORD)
    assert whm.get(whm.token + URL).status == 403
    assert panel.run([f"{BIN}/register_appconfig", "/opt/trial.conf"]).returncode == 0
    assert whm.get(whm.token + URL).status == 401
    assert cpanel.get(f"{cpanel.token}/").status == 401
    seen = {}
    for user, password in (("root", ROOT_PASSWORD), ("rita", PASSWORD), ("rob", PASSWORD), ("alice", PASSWORD)):
        visitor = browser_of(panel.whm_url)
        visitor.login(user, password)
        answer = visitor.get(visitor.token + URL)
        seen[user] = (answer.status, answer.text.split() if answer.status == 200 else [])
    assert seen == {"root": (200, ["root", "0"]), "rita": (200, ["rita", "0"]), "rob": (403, []), "alice": (401, [])}
    assert panel.run([f"{BIN}/unregister_appconfig", "trial"]).returncode == 0
    whm.login("root", ROOT_PASSWORD)
    assert whm.get(whm.token + URL).status == 403


def test_a_token_of_the_api_is_made_used_and_revoked(panel: StandingPanel) -> None:
    """The secret of a new token opens the API, and nothing when it was revoked."""
    whm = browser_of(panel.whm_url)
    secret = panel.whm("api_token_create", token_name="trial", **{"acl-1": "list-accts"})["token"]
    given = {"Authorization": f"whm root:{secret}"}
    assert '"alice"' in whm.get("/json-api/listaccts?api.version=1", **given).text
    assert "Permission denied" in whm.get("/json-api/list_hooks?api.version=1", **given).text
    panel.whm("api_token_revoke", token_name="trial")
    assert whm.get("/json-api/listaccts?api.version=1", **given).status == 401


def test_what_is_installed_is_what_is_served(panel: StandingPanel) -> None:
    """A page that somebody copies into the theme is there at once, runs as its account, and needs no cpsrvd restart."""
    page = "/usr/local/cpanel/base/frontend/jupiter/trial/index.live.cgi"
    put(panel, page, "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'; id -u; pwd\n", 0o755)
    cpanel = browser_of(panel.url)
    cpanel.login("alice", PASSWORD)
    answer = cpanel.get(f"{cpanel.token}/frontend/jupiter/trial/index.live.cgi")
    assert answer.text.split() == [str(panel.numbers["alice"]), os.path.dirname(page)]  # noqa: PTH120 - a text
    assert re.fullmatch(r"/cpsess[0-9]{10}", cpanel.token)
