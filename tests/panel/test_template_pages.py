"""Pages of the Template Toolkit in the stand-in: really rendered, inside the panel's frame, and refused strictly."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.lab.cpsrvd.sample_host import Answer, Browser
from tests.lab.panel.before_installation import ROOT_PASSWORD, host_before_installation
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.standing import PASSWORD

THEME = "/usr/local/cpanel/base/frontend/jupiter"
DOCROOT = "/usr/local/cpanel/whostmgr/docroot"
PAGE = """[% CPANEL.CPVAR.dprefix = '../';
WRAPPER '_assets/master.html.tt' app_key='trial' page_title='Trial & error' -%]
<p>[% CPANEL.authuser | html %] [% 6 * 7 %] 証明書</p>
[% END %]
"""
CGI = """#!/usr/local/cpanel/3rdparty/bin/perl
use strict;
use warnings;
use Whostmgr::ACLS ();
use Cpanel::Template ();
Whostmgr::ACLS::init_acls();
if ( !Whostmgr::ACLS::checkacl('software-AutosslDoctor') ) {
    print "Status: 403 Forbidden\\r\\nContent-Type: text/plain\\r\\n\\r\\nno\\n";
    exit;
}
print "Content-Type: text/html; charset=utf-8\\r\\n\\r\\n";
my %given = ( 'template_file' => 'trial/index.tmpl', 'print' => 1, 'data' => ['</script>'] );
Cpanel::Template::process_template( 'whostmgr', \\%given );
"""
TEMPLATE = """[% USE Whostmgr; USE JSON;
WRAPPER 'master_templates/master.tmpl' header='Trial' theme='bootstrap' stylesheets=['app.css'] -%]
<script id="data" type="application/json">[% JSON.stringify(data) %]</script>
<p>[% Whostmgr.hasroot() ? 'as root' : 'as reseller' %]</p>
[% END %]
"""
pytestmark = pytest.mark.system("root and layered files", "Template Toolkit")


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[StandingPanel]:
    """A panel with a page of the theme and one of WHM."""
    with host_before_installation(tmp_path) as standing:
        put(standing, f"{THEME}/trial/index.html.tt", PAGE)
        put(standing, f"{DOCROOT}/cgi/trial/index.cgi", CGI, 0o755)
        put(standing, f"{DOCROOT}/templates/trial/index.tmpl", TEMPLATE)
        put(standing, "/opt/trial.conf", "name=trial\nservice=whostmgr\nurl=/cgi/trial/index.cgi\nacls=any\n")
        assert standing.run(["/usr/local/cpanel/bin/register_appconfig", "/opt/trial.conf"]).returncode == 0
        yield standing


def put(panel: StandingPanel, path: str, text: str, mode: int = 0o644) -> None:
    """A file inside."""
    place = panel.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    place.chmod(mode)


def visit(url: str, user: str, password: str, path: str, query: str = "") -> Answer:
    """A page for somebody who logs in first."""
    parts = urlsplit(url)
    browser = Browser((str(parts.hostname), int(parts.port or 0)))
    browser.login(user, password)
    return browser.get(browser.token + path + query)


def owner_page(panel: StandingPanel, path: str = "/frontend/jupiter/trial/index.html", query: str = "") -> Answer:
    """A page of the theme as alice sees it."""
    return visit(panel.url, "alice", PASSWORD, path, query)


def test_a_page_of_the_theme(panel: StandingPanel) -> None:
    """The address has no .tt; the page stands in the frame, in the account's language."""
    page = owner_page(panel)
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    header, title, body, footer = (
        page.text.index(text)
        for text in ("<title>Trial &amp; error", "cpanel-header", "alice 42 証明書", "cpanel-footer")
    )
    assert header < title < body < footer
    assert 'dir="rtl"' in owner_page(panel, query="?locale=ar").text


def test_the_template_itself_is_never_handed_out(panel: StandingPanel) -> None:
    """Neither by its own name, nor the master template."""
    for path in ("trial/index.html.tt", "_assets/master.html.tt"):
        assert owner_page(panel, f"/frontend/jupiter/{path}").status == 404


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (PAGE.replace("app_key='trial'", ""), "app_key"),
        (PAGE.replace("CPANEL.CPVAR.dprefix = '../';", ""), "dprefix"),
        ("[% PERL %]print 1;[% END %]", "EVAL_PERL"),
        ("[% INCLUDE '/etc/passwd' %]", "absolute paths"),
        ("[% INCLUDE '../../../../../../../etc/passwd' %]", "relative paths"),
        ("[% IF %]", "parse error"),
    ],
)
def test_a_page_that_fails(panel: StandingPanel, page: str, word: str) -> None:
    """The visitor gets a fixed page, the error log the reason."""
    put(panel, f"{THEME}/trial/index.html.tt", page)
    answer = owner_page(panel)
    assert answer.status == 500
    assert word not in answer.text
    assert word in panel.error_log()


def test_a_template_that_others_may_write_is_not_rendered(panel: StandingPanel) -> None:
    """Refused before anything of it is read."""
    panel.path(f"{THEME}/trial/index.html.tt").chmod(0o666)
    assert owner_page(panel).status == 403


def test_a_page_of_whm(panel: StandingPanel) -> None:
    """The thin Perl page asks for the privilege itself, and renders its template in WHM's frame."""
    url, path = panel.whm_url, "/cgi/trial/index.cgi"
    page = visit(url, "root", ROOT_PASSWORD, path)
    assert page.status == 200
    for text in ("<title>Trial<", 'data-theme="bootstrap"', 'href="app.css"', "as root", "whm-footer"):
        assert text in page.text
    assert '["\\u003c/script\\u003e"]' in page.text
    assert "as reseller" in visit(url, "rita", PASSWORD, path).text
    assert visit(url, "rob", PASSWORD, path).status == 403


def test_a_page_of_whm_that_forgets_its_plugins(panel: StandingPanel) -> None:
    """The master template needs them; the visitor is told nothing of it."""
    put(panel, f"{DOCROOT}/templates/trial/index.tmpl", TEMPLATE.replace("USE Whostmgr;", ""))
    page = visit(panel.whm_url, "root", ROOT_PASSWORD, "/cgi/trial/index.cgi")
    assert "whm-footer" not in page.text
    assert "USE Whostmgr" in panel.error_log()
