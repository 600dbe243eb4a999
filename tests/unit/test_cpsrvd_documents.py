"""Which files the stand-in hands out or runs, and which it refuses."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.cpsrvd.documents import FRONTEND
from tests.lab.cpsrvd.identity import can_switch
from tests.lab.cpsrvd.sample_host import PLUGIN, Panel, add_page, marking_page, running, sample_tree, shell_page


@pytest.fixture
def panel() -> Iterator[Panel]:
    """A panel where alice is logged in."""
    with sample_tree() as root, running(root) as panel:
        panel.login()
        yield panel


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("owner.css", "text/css; charset=utf-8"),
        ("owner.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("icon.png", "image/png"),
        ("page.html", "text/html; charset=utf-8"),
        ("type.woff2", "font/woff2"),
    ],
)
def test_known_kinds_of_files_are_handed_out(panel: Panel, name: str, content_type: str) -> None:
    """A static file comes with the type of its name and the panel's own headers."""
    add_page(panel.root, f"assets/{name}", b"content", 0o644)
    answer = panel.page(f"assets/{name}")
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"content", content_type)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["x.conf", "x.json", "x.html.tt", "x.tt", "x.py", "x.pl", "x", ".x.html", "x.css.bak", "x.CGI", "dynamicui/x.html"],
)
def test_other_kinds_of_files_do_not_exist_for_visitors(panel: Panel, name: str) -> None:
    """Settings, templates, hidden files and whatever has no known kind are not handed out."""
    add_page(panel.root, name, b"secret")
    answer = panel.page(name)
    assert answer.status in {400, 404}
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        f"{PLUGIN}/../autossl_doctor/mark.live.cgi",
        f"{PLUGIN}/./mark.live.cgi",
        f"{PLUGIN}//mark.live.cgi",
        f"{PLUGIN}/%6dark.live.cgi",
        f"{PLUGIN}%2fmark.live.cgi",
        f"{PLUGIN}%252fmark.live.cgi",
        f"{PLUGIN}%5cmark.live.cgi",
        f"{PLUGIN}\\mark.live.cgi",
        f"{PLUGIN}/mark.live.cgi%00.css",
        f"{PLUGIN}/%2e%2e/autossl_doctor/mark.live.cgi",
        f"{PLUGIN}/.hidden/mark.live.cgi",
        f"{PLUGIN}/mark.live.cgi;x=1",
        f"{PLUGIN}/-mark.live.cgi",
        f"{PLUGIN}/mark.live.cgi/../x",
        f"{PLUGIN}/mark.live.cgi/%0d%0a",
        "/frontend/jupiter/../../../../etc/passwd",
        "/frontend/paper_lantern/autossl_doctor/mark.live.cgi",
        "/usr/local/cpanel/base/frontend/jupiter/autossl_doctor/mark.live.cgi",
        "/frontend/jupiter/autossl_doctor/",
        "/frontend/jupiter/",
        "/3rdparty/x.cgi",
        "/execute/SSL/start_autossl_check",
    ],
)
def test_tricks_with_paths_start_nothing(panel: Panel, path: str) -> None:
    """Climbing, encoding, hiding and doubling end in a refusal, and the script leaves no mark."""
    mark = marking_page(panel.root, "mark.live.cgi")
    answer = panel.get(panel.token + path)
    assert answer.status in {400, 404}
    assert not mark.exists()


def test_an_absolute_address_as_target_is_refused(panel: Panel) -> None:
    """A request in the form that proxies get is none for the panel."""
    mark = marking_page(panel.root, "mark.live.cgi")
    target = f"http://127.0.0.1{panel.token}{PLUGIN}/mark.live.cgi"
    head = f"GET {target} HTTP/1.1\r\nHost: panel\r\nCookie: {panel.cookie}\r\nConnection: close\r\n\r\n"
    assert panel.raw(head.encode()).startswith(b"HTTP/1.1 400 ")
    assert not mark.exists()


def test_what_follows_a_script_is_its_path_info(panel: Panel) -> None:
    """Names after the script reach it as PATH_INFO, and only then is there such a variable."""
    add_page(panel.root, "info.cgi", shell_page('printf "%s %s" "$SCRIPT_NAME" "${PATH_INFO-none}"'))
    assert panel.page("info.cgi/a/b").text == f"{PLUGIN}/info.cgi /a/b"
    assert panel.page("info.cgi").text == f"{PLUGIN}/info.cgi none"


def test_links_inside_the_theme_are_followed_and_others_are_not(panel: Panel) -> None:
    """A plugin may be a link within the theme; a link that leads out of it leads nowhere."""
    theme = panel.root / FRONTEND
    mark = marking_page(panel.root, "mark.live.cgi")
    outside = panel.root / "opt/plugin"
    outside.mkdir(parents=True)
    (outside / "mark.live.cgi").write_text((theme / "autossl_doctor/mark.live.cgi").read_text(encoding="utf-8"))
    (outside / "mark.live.cgi").chmod(0o755)
    (outside / "notes.html").write_text("outside", encoding="utf-8")
    (theme / "linked").symlink_to(outside)
    (theme / "autossl_doctor/notes.html").symlink_to(outside / "notes.html")
    (theme / "autossl_doctor/passwd.html").symlink_to("/etc/passwd")
    (theme / "autossl_doctor/loop.html").symlink_to("loop.html")
    (theme / "autossl_doctor/script.css").symlink_to("mark.live.cgi")
    for path in ("linked/mark.live.cgi", *(f"autossl_doctor/{x}" for x in ("notes.html", "passwd.html", "loop.html"))):
        assert panel.get(f"{panel.token}/frontend/jupiter/{path}").status == 404, path
    assert panel.page("script.css").status == 404
    assert not mark.exists()
    (theme / "again").symlink_to("autossl_doctor")
    assert panel.get(f"{panel.token}/frontend/jupiter/again/mark.live.cgi").text == "hello"
    assert mark.exists()


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777, 0o644, 0o744, 0o600], ids=oct)
def test_a_script_with_a_loose_or_missing_mode_is_not_run(panel: Panel, mode: int) -> None:
    """Nobody else may write a script, and everybody must be able to execute it."""
    mark = marking_page(panel.root, "mark.live.cgi")
    (panel.root / FRONTEND / "autossl_doctor/mark.live.cgi").chmod(mode)
    assert panel.page("mark.live.cgi").status == 403
    assert not mark.exists()
    assert f"({mode:04o})" in panel.error_log()


def test_a_script_in_a_directory_that_others_may_write_is_not_run(panel: Panel) -> None:
    """Who may write the directory may exchange the script."""
    mark = marking_page(panel.root, "mark.live.cgi")
    (panel.root / FRONTEND / "autossl_doctor").chmod(0o777)
    assert panel.page("mark.live.cgi").status == 403
    assert not mark.exists()


@pytest.mark.skipif(not can_switch(), reason="needs more than one user")
@pytest.mark.parametrize("name", ["mark.live.cgi", "."])
def test_a_script_of_somebody_else_is_not_run(panel: Panel, name: str) -> None:
    """Scripts and their directory belong to root."""
    mark = marking_page(panel.root, "mark.live.cgi")
    os.chown(panel.root / FRONTEND / "autossl_doctor" / name, 61_001, 61_001)
    assert panel.page("mark.live.cgi").status == 403
    assert not mark.exists()
    assert "belongs to uid 61001" in panel.error_log()


def test_special_files_are_refused_without_waiting(panel: Panel) -> None:
    """A FIFO in place of a file does not hold up the server."""
    directory: Path = panel.root / FRONTEND / "autossl_doctor"
    os.mkfifo(directory / "pipe.html")
    os.mkfifo(directory / "pipe.live.cgi")
    assert panel.page("pipe.html").status == 404
    assert panel.page("pipe.live.cgi").status == 404


def test_a_file_that_only_root_may_read_is_not_handed_out(panel: Panel) -> None:
    """The panel reads static files as everybody."""
    add_page(panel.root, "owner.css", b"secret", 0o600)
    assert panel.page("owner.css").status == 403


def test_static_files_cannot_be_posted_to(panel: Panel) -> None:
    """A form sent to a file is refused."""
    add_page(panel.root, "page.html", b"x", 0o644)
    assert panel.post(f"{panel.token}{PLUGIN}/page.html", b"a=1").status == 405
