"""The UAPI functions of the stand-in: what they answer, who may call them, and in which language."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.cpsrvd import accounts
from tests.lab.cpsrvd.calls import Call, Function, Result
from tests.lab.cpsrvd.languages import choose
from tests.lab.cpsrvd.request import Request
from tests.lab.cpsrvd.sample_host import sample_tree
from tests.lab.cpsrvd.sample_page import page_of


@pytest.fixture
def root() -> Iterator[Path]:
    """The sample host."""
    with sample_tree() as root:
        yield root


@pytest.mark.parametrize(
    ("account", "name", "status"),
    [
        ("alice", "autossl_doctor", 1),
        ("alice", "autossl", 1),
        ("alice", "zoneedit", 0),
        ("alice", "sslmanager", 1),
        ("alice", "no_such_plugin", None),
        ("alice", "", None),
        ("plain", "autossl_doctor", 0),
        ("plain", "autossl", 0),
    ],
)
def test_has_feature_answers_in_the_status(root: Path, account: str, name: str, status: int | None) -> None:
    """1 for on, 0 for off, null for a feature that does not exist; `data` is always null."""
    with page_of(root, account) as page, page.client() as client:
        result = client.ask("Features::has_feature", {"name": name})
        assert (result["status"], result["data"]) == (status, None)


def test_features_are_read_anew_on_each_question(root: Path) -> None:
    """The list `disabled` wins over the account's list, an override over both, and an unregistered plugin is gone."""
    with page_of(root, "alice") as page, page.client() as client:
        (root / "var/cpanel/features/disabled").write_text("autossl_doctor=0\n", encoding="utf-8")
        assert client.ask("Features::has_feature", {"name": "autossl_doctor"})["status"] == 0
        (root / "usr/local/cpanel/whostmgr/addonfeatures/autossl_doctor").unlink()
        assert client.ask("Features::has_feature", {"name": "autossl_doctor"})["status"] is None
    with (root / "var/cpanel/users/plain").open("a", encoding="utf-8") as settings:
        settings.write("FEATURE-AUTOSSL=1\n")
    with page_of(root, "plain") as page, page.client() as client:
        assert client.ask("Features::has_feature", {"name": "autossl"})["status"] == 1


def test_the_page_around_a_page_is_whole(root: Path) -> None:
    """Header and footer make one document with language, direction, token and the loader's globals."""
    with page_of(root, "alice") as page, page.client() as client:
        data = client.ask("Chrome::get_dom", {"page_title": "AutoSSL Doctor"})["data"]
        assert set(data) == {"header", "footer"}
        header, footer = data["header"], data["footer"]
        assert header.startswith('<!DOCTYPE html>\n<html lang="ar" dir="rtl">')
        assert header.rstrip().endswith('<main id="content">')
        assert footer.lstrip().startswith("</main>")
        assert '"security_token": "/cpsess0123456789"' in header
        for wanted in (
            "window.CPANEL =",
            "window.PAGE =",
            "window.define =",
            "window.require =",
            "imitation",
            "Imitation",
        ):
            assert wanted.lower() in header.lower()
        for title in ("<b>x</b>", "a&b", 'a"b', "", "x" * 101, "a\nb"):
            assert client.ask("Chrome::get_dom", {"page_title": title})["status"] == 0


def test_information_about_the_account_is_its_own(root: Path) -> None:
    """Only known names are answered, from the account's own file."""
    with page_of(root, "alice") as page, page.client() as client:
        wanted = {"name": "domain", "name-1": "ssl_default_key_type"}
        data = client.ask("Variables::get_user_information", wanted)["data"]
        assert data == {"domain": "shop.example", "ssl_default_key_type": "system"}
        assert client.ask("Variables::get_user_information", {"name": "password"})["status"] == 0
        assert client.ask("Variables::get_user_information")["data"]["user"] == "alice"


def test_functions_that_are_handed_in_see_the_account(root: Path) -> None:
    """A function gets who calls it and plain arguments, and its result reaches the page."""

    def check(call: Call) -> Result:
        return Result([call.user, call.args], ("odd",), 0)

    with page_of(root, "alice", {"SSL::installed_host": check}) as page, page.client() as client:
        result = client.ask("SSL::installed_host", {"domain": "例.example", "verify_certificate": 1})
        assert result["data"] == ["alice", {"domain": "例.example", "verify_certificate": "1"}]
        assert (result["errors"], result["status"]) == (["odd"], 0)


def test_a_function_that_crashes_costs_its_own_answer_only(root: Path) -> None:
    """The page sees a failed call; the trace is in the error log."""

    def crash(_call: Call) -> Result:
        raise RuntimeError("the very reason")

    with page_of(root, "alice", {"SSL::installed_host": crash}) as page, page.client() as client:
        assert client.ask("SSL::installed_host")["status"] == 0
        assert "the very reason" not in client.content.decode()
        assert client.ask("Locale::get_attributes")["status"] == 1
        assert "the very reason" in page.log()


def noting(done: list[Call]) -> Function:
    """A function that notes that it was called."""

    def note(call: Call) -> Result:
        done.append(call)
        return Result()

    return note


CHANGES = (
    "SSL::start_autossl_check",
    "SSL::add_autossl_excluded_domains",
    "SSL::remove_autossl_excluded_domains",
    "SSL::set_autossl_excluded_domains",
    "SSL::set_default_key_type",
)


@pytest.mark.parametrize("name", CHANGES)
def test_demo_accounts_change_nothing(root: Path, name: str) -> None:
    """For a demo account the function is not even called; for another one it is."""
    done: list[Call] = []
    functions = {name: noting(done)}
    for account, status, calls in (("demo", 0, 0), ("alice", 1, 1)):
        done.clear()
        with page_of(root, account, functions) as page, page.client() as client:
            assert client.ask(name)["status"] == status
            assert (len(done), len(page.calls)) == (calls, 1)


@pytest.mark.parametrize(
    ("feature", "name"),
    [
        ("autossl", "SSL::start_autossl_check"),
        ("sslinstall", "SSL::start_autossl_check"),
        ("autossl", "SSL::add_autossl_excluded_domains"),
        ("sslmanager", "SSL::set_default_key_type"),
        ("sslinstall", "SSL::installed_hosts"),
    ],
)
def test_a_function_needs_its_features(root: Path, feature: str, name: str) -> None:
    """Without the feature the function answers status 0 and is not called."""
    done: list[Call] = []
    functions = {name: noting(done)}
    (root / "var/cpanel/features/disabled").write_text(f"{feature}=0\n", encoding="utf-8")
    with page_of(root, "alice", functions) as page, page.client() as client:
        result = client.ask(name)
        assert (result["status"], done) == (0, [])
        assert feature in result["errors"][0]


@pytest.mark.parametrize(
    ("query", "cookie", "account", "browser", "chosen"),
    [
        ("locale=ja", "session_locale=ru", "alice", "fr", "ja"),
        ("locale=xx", "session_locale=ru", "alice", "fr", "ru"),
        ("", "session_locale=../../etc/passwd", "alice", "fr", "de"),
        ("", "", "bob", "fr-CA;q=0.9, en", "fr"),
        ("", "", "bob", "xx, *", "tr"),
        ("", "", "bob", "", "tr"),
        ("locale=pt-BR", "", "alice", "", "pt_br"),
        ("locale=pt_xx", "", "alice", "", "pt"),
        ("locale=i_example", "", "alice", "", "i_example"),
        ("locale=he", "", "alice", "", "he"),
    ],
)
def test_the_language_is_the_first_known_wish(
    root: Path, query: str, cookie: str, account: str, browser: str, chosen: str
) -> None:
    """URL, cookie, account, browser, server; unknown and hostile wishes are passed over."""
    request = Request("GET", f"/?{query}", (("Cookie", cookie), ("Accept-Language", browser)))
    locale = choose(root, request, accounts.find(root, account))
    assert (locale.locale, locale.direction) == (chosen, "rtl" if chosen == "he" else "ltr")


def test_without_any_known_wish_the_panel_speaks_english(root: Path) -> None:
    """English is the end of the order."""
    (root / "var/cpanel/cpanel.config").unlink()
    assert choose(root, Request("GET", "/"), accounts.find(root, "bob")).locale == "en"
