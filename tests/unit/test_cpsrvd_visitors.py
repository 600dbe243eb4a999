"""Who gets past the stand-in's front door: logins, tokens, sessions, languages."""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab.cpsrvd.identity import can_switch
from tests.lab.cpsrvd.languages import Locale
from tests.lab.cpsrvd.login_page import login_page
from tests.lab.cpsrvd.sample_host import (
    PASSWORDS,
    PLUGIN,
    Panel,
    add_page,
    marking_page,
    running,
    sample_tree,
    shell_page,
)
from tests.lab.cpsrvd.settings import DemoAccount


@pytest.fixture
def panel() -> Iterator[Panel]:
    """A panel over the sample host."""
    with sample_tree() as root, running(root) as panel:
        yield panel


def test_login_sets_a_cookie_and_leads_to_the_page_with_ten_digits(panel: Panel) -> None:
    """A right password gives a cookie that scripts cannot read, and a redirect with the token."""
    answer = panel.login()
    assert answer.status == 302
    assert re.fullmatch(rf"/cpsess[0-9]{{10}}{PLUGIN}/index\.live\.cgi", answer.headers["Location"])
    assert re.fullmatch(r"cpsession=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", answer.headers["Set-Cookie"])


def test_each_login_has_its_own_cookie_and_token(panel: Panel) -> None:
    """Nobody can guess a session from another one."""
    panel.login()
    first = panel.cookie, panel.token
    panel.login()
    assert panel.cookie != first[0]
    assert panel.token != first[1]


@pytest.mark.parametrize(
    ("user", "password", "status"),
    [
        ("alice", "wrong", 401),
        ("alice", "", 401),
        ("nobody", "-", 401),
        ("", "", 401),
        # Without root nobody else's account can be shown, so the page says that instead.
        ("stranger", "open-stranger", 401 if can_switch() else 403),
        ("../alice", "open-alice", 401),
        ("gone", "open-gone", 403),
    ],
    ids=["wrong", "empty", "unknown", "nothing", "not in the lists", "a path", "suspended"],
)
def test_a_login_that_is_refused_begins_no_session(panel: Panel, user: str, password: str, status: int) -> None:
    """Wrong names, wrong passwords and suspended accounts see the form again and get no cookie."""
    answer = panel.login(user, password)
    assert answer.status == status
    assert "Set-Cookie" not in answer.headers
    assert 'role="alert"' in answer.text
    assert panel.token == ""


@pytest.mark.skipif(can_switch(), reason="root can become every account")
def test_without_root_other_accounts_are_not_shown(panel: Panel) -> None:
    """Where the stand-in cannot become an account, it says so."""
    passwd = panel.root / "etc/passwd"
    passwd.write_text("bob:x:61999:61999::/home/bob:/bin/sh\n", encoding="utf-8")
    assert "needs root" in panel.login("bob").text


@pytest.mark.skipif(not can_switch(), reason="needs more than one user")
def test_an_account_with_the_number_of_root_cannot_log_in(panel: Panel) -> None:
    """A page never runs as root."""
    (panel.root / "etc/passwd").write_text("alice:x:0:0::/root:/bin/sh\n", encoding="utf-8")
    assert panel.login("alice").status == 403


def test_the_login_page_says_what_it_is_and_lists_accounts_safely() -> None:
    """A stranger sees that it is an imitation, whom to log in as, and no markup from elsewhere."""
    accounts = (DemoAccount("alice", "pw", "an <b>expired</b> shop", "期限切れのお店"),)
    text = login_page(Locale("en", "English", "ltr"), accounts, goto_uri='"><script>').body.decode()
    assert "imitation" in text
    assert "an &lt;b&gt;expired&lt;/b&gt; shop" in text
    assert "<script>" not in text
    japanese = login_page(Locale("ja", "日本語", "ltr"), accounts).body.decode()
    assert "模造品" in japanese
    assert "期限切れのお店" in japanese


@pytest.mark.parametrize(
    ("goto", "kept"),
    [
        (f"{PLUGIN}/other.live.cgi", True),
        ("//evil.example/", False),
        ("https://evil.example/", False),
        ("/frontend/jupiter/../../x", False),
        ("/frontend/jupiter/x\r\nSet-Cookie: a=b", False),
        ("/logout/", False),
    ],
)
def test_a_login_leads_to_own_paths_only(panel: Panel, goto: str, *, kept: bool) -> None:
    """A link with a wish where to go cannot lead away from the panel."""
    answer = panel.login(goto_uri=goto)
    assert answer.headers["Location"] == panel.token + (goto if kept else f"{PLUGIN}/index.live.cgi")
    assert "a=b" not in answer.headers["Set-Cookie"]


def test_a_login_by_get_begins_nothing(panel: Panel) -> None:
    """A link with name and password in it is only the form again."""
    answer = panel.get(f"/login/?user=alice&pass={PASSWORDS['alice']}")
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers


def test_a_fitting_token_starts_the_script(panel: Panel) -> None:
    """The counter-test for all refusals: with cookie and token the script does leave its mark."""
    mark = marking_page(panel.root, "mark.live.cgi")
    panel.login()
    assert panel.page("mark.live.cgi").text == "hello"
    assert mark.exists()


def test_whatever_does_not_fit_starts_no_script(panel: Panel) -> None:
    """No login, wrong token, no token, somebody else's token or cookie: a login page, and the script did not run."""
    mark = marking_page(panel.root, "mark.live.cgi")
    page = f"{PLUGIN}/mark.live.cgi"
    panel.login()
    cookie, token = panel.cookie, panel.token
    panel.login()
    other_cookie, other_token = panel.cookie, panel.token
    wrong = "/cpsess0000000000" if token != "/cpsess0000000000" else "/cpsess1111111111"
    attempts = [
        ("", token + page, 401),
        ("", page, 401),
        ("cpsession=made-up", token + page, 401),
        (f"{cookie}; {other_cookie}", token + page, 401),
        (cookie, page, 403),
        (cookie, wrong + page, 403),
        (cookie, other_token + page, 403),
        (other_cookie, token + page, 403),
        (cookie, token[:-1] + page, 403),
        (cookie, token + "0" + page, 403),
        (cookie, "/cpsessabcdefghij" + page, 403),
        (cookie, token.upper() + page, 403),
        (cookie, "/x" + token + page, 403),
    ]
    for given, target, status in attempts:
        panel.cookie = given
        answer = panel.get(target)
        assert (answer.status, "/login/" in answer.text) == (status, True), (given, target)
        posted = panel.post(target, b"a=1")
        assert posted.status == status, (given, target)
    assert not mark.exists()


def test_logging_out_ends_the_session(panel: Panel) -> None:
    """After the logout cookie and token open nothing any more."""
    mark = marking_page(panel.root, "mark.live.cgi")
    panel.login()
    answer = panel.get(f"{panel.token}/logout/")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert panel.page("mark.live.cgi").status == 401
    assert not mark.exists()


def test_a_start_of_the_server_ends_all_sessions(panel: Panel) -> None:
    """Sessions do not outlive the server."""
    marking_page(panel.root, "mark.live.cgi")
    panel.login()
    panel.cpsrvd.end_sessions()
    assert panel.page("mark.live.cgi").status == 401


def test_an_account_that_is_suspended_later_loses_its_session(panel: Panel) -> None:
    """The lists are read on each request, not only at the login."""
    mark = marking_page(panel.root, "mark.live.cgi")
    panel.login()
    with (panel.root / "var/cpanel/users/alice").open("a", encoding="utf-8") as settings:
        settings.write("SUSPENDED=1\n")
    assert panel.page("mark.live.cgi").status == 401
    assert not mark.exists()


def test_authorization_headers_are_refused_unless_allowed(panel: Panel) -> None:
    """API tokens and Basic open nothing by themselves, even with a valid session beside them."""
    mark = marking_page(panel.root, "mark.live.cgi")
    basic = "Basic " + base64.b64encode(f"alice:{PASSWORDS['alice']}".encode()).decode()
    for header in (basic, "cpanel alice:token", "Bearer x", "cpanel", "Basic ====", "Basic YWxpY2U6\r\n"):
        if "\n" not in header:
            assert panel.get(f"{PLUGIN}/mark.live.cgi", Authorization=header).status == 401
    panel.login()
    assert panel.page("mark.live.cgi", Authorization=basic).status == 401
    assert not mark.exists()


def test_an_allowed_authorization_has_no_token(panel: Panel) -> None:
    """With an API token or Basic there is no session: `cp_security_token` is there and empty."""
    add_page(panel.root, "token.cgi", shell_page('printf "[%s]" "$cp_security_token"; printf "${HTTP_COOKIE-none}"'))
    panel.cpsrvd.settings = replace(
        panel.cpsrvd.settings, api_tokens={"alice": "T0KEN"}, basic_users=frozenset({"alice"})
    )
    basic = "Basic " + base64.b64encode(f"alice:{PASSWORDS['alice']}".encode()).decode()
    for header in ("cpanel alice:T0KEN", basic):
        assert panel.get(f"{PLUGIN}/token.cgi", Authorization=header).text == "[]none"
        assert panel.get(f"/cpsess0123456789{PLUGIN}/token.cgi", Authorization=header).status == 403
    assert panel.get(f"{PLUGIN}/token.cgi", Authorization="cpanel alice:T0KEn").status == 401
    assert panel.get(f"{PLUGIN}/token.cgi", Authorization="cpanel bob:T0KEN").status == 401


def test_a_language_in_the_url_is_remembered_if_the_panel_speaks_it(panel: Panel) -> None:
    """`?locale=ja` sets the cookie for a year, anything else sets nothing."""
    assert panel.get("/?locale=ja").headers["Set-Cookie"].startswith("session_locale=ja; ")
    for wish in ("xx", "../../etc", "ja%0d%0aX:%20y", "%3Cscript%3E", "j" * 5000):
        assert "Set-Cookie" not in panel.get(f"/?locale={wish}").headers


def test_no_log_holds_a_token_a_cookie_or_a_password(panel: Panel) -> None:
    """The access log names method, path and status; where the token stood it says so."""
    marking_page(panel.root, "mark.live.cgi")
    panel.login()
    panel.page("mark.live.cgi")
    log = panel.cpsrvd.logs.access.read_text(encoding="ascii")
    assert "alice [" in log
    assert f'"GET /cpsess##########{PLUGIN}/mark.live.cgi HTTP/1.1" 200\n' in log
    for secret in (panel.token, panel.cookie.partition("=")[2], PASSWORDS["alice"]):
        assert secret not in log + panel.error_log()
