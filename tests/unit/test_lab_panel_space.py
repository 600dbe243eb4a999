"""The lab's panel before it stands: the people of its host, the installed product, and a machine that forbids it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import demo_words, hosts
from tests.lab.panel import installed, namespace, people
from tests.lab.panel.live_run import present
from tests.lab.panel.standing import standing_panel

ROOT = Path(__file__).resolve().parents[2]
SITES = (
    hosts.Site("shop.example", hosts.Account("alice", uid=2002)),
    hosts.Site("bakery.example", hosts.Account("bob")),
    hosts.Site("cafe.example", hosts.Account("carol")),
)
ACCOUNTS = [site.account for site in SITES]


def demo(directory: Path, *options: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    """The demonstration's own command."""
    return subprocess.run(
        [sys.executable, "-m", "tests.lab.demo", "--directory", str(directory), *options],
        cwd=ROOT,
        env=os.environ | {"PATH": path, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_each_account_has_a_number_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Described numbers are kept, the others are counted up around them; without root the one account is 0."""
    monkeypatch.setattr(people, "is_root", lambda: True)
    assert people.numbers_of(ACCOUNTS) == {"alice": 2002, "bob": 2001, "carol": 2003}
    monkeypatch.setattr(people, "is_root", lambda: False)
    assert people.numbers_of(ACCOUNTS) == {"alice": 0}
    assert people.numbers_of(ACCOUNTS, "carol") == {"carol": 0}


def test_the_people_of_a_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every account has a line, a private group unless it shares one, a home, and files that its group may read."""
    monkeypatch.setattr(people, "is_root", lambda: True)
    owners: dict[str, tuple[int, int]] = {}
    monkeypatch.setattr(os, "chown", lambda path, user, group, **_: owners.update({str(path): (user, group)}))
    tree = hosts.build(hosts.Host(now=present(), sites=SITES), tmp_path / "root")
    people.write_people(tree, people.numbers_of(ACCOUNTS), {"carol": "bob"})
    users = (tree / "etc/passwd").read_text(encoding="utf-8").splitlines()
    assert "bob:x:2001:2001::/home/bob:/usr/local/cpanel/bin/noshell" in users
    assert "carol:x:2003:2001::/home/carol:/usr/local/cpanel/bin/noshell" in users
    groups = (tree / "etc/group").read_text(encoding="utf-8").splitlines()
    assert "bob:x:2001:" in groups
    assert not [line for line in groups if line.startswith("carol")]
    assert (tree / "home/alice").stat().st_mode & 0o777 == 0o711
    assert owners[str(tree / "home/alice")] == (2002, 2002)
    for name in ("users/carol", "userdata/carol", "userdata/carol/main"):
        assert owners[str(tree / "var/cpanel" / name)] == (0, 2001)


def test_a_machine_that_forbids_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no namespaces are to be had, that is a value with a reason and no crash."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert namespace.forbidden() == namespace.Forbidden("the program unshare (util-linux) is missing")


@pytest.mark.system("mount and network namespaces")
def test_what_the_machine_alone_has_of_the_product_is_not_shown(tmp_path: Path) -> None:
    """A directory that has to come from the tree is missing where the tree has none: two panels share nothing."""
    for name in ("tree/etc", "stage"):
        (tmp_path / name).mkdir(parents=True)
    look = (
        "import sys; from pathlib import Path; from tests.lab.panel import mounts;"
        "mounts.lay_over(Path('tree').resolve(), Path('stage').resolve(), {'/etc/ssl'}) if sys.argv[1:] else None;"
        "print(Path('/etc/ssl').exists(), Path('/etc/fstab').parent.is_dir())"
    )
    command = [*namespace.entering(), sys.executable, "-c", look]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    told = [
        subprocess.run([*command, *more], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        for more in ([], ["lay"])
    ]
    assert [done.stdout.split() for done in told] == [["True", "True"], ["False", "True"]]


def test_the_demonstration_without_namespaces(tmp_path: Path) -> None:
    """The diagnosis is printed all the same, one sentence says why there is no panel, and that is no failure."""
    done = demo(tmp_path, "--lang", "en", path="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "asagao-kimono.example" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last.startswith("The panel cannot be shown here")


def test_nothing_can_be_put_right_where_no_demonstration_is(tmp_path: Path) -> None:
    """The command for the world outside says so and fails."""
    done = demo(tmp_path, "--fix", "old-harbor.example", "--lang", "en")
    assert (done.returncode, done.stderr) == (69, "No demo is at work in this directory.\n")


def test_the_accounts_of_the_demonstration_are_on_its_host() -> None:
    """Every account that is offered exists and has its words in both languages."""
    known = {site.account.name for site in hosts.demo_host(present()).sites}
    assert set(demo_words.ACCOUNTS) <= known
    for account in demo_words.ACCOUNTS:
        assert set(demo_words.NOTES[account]) == {"en", "ja"}


def test_a_panel_stands_in_the_present_only(tmp_path: Path) -> None:
    """A host of another day is refused, because its programs would ask the machine for the time."""
    host = hosts.Host(now=present().replace(year=2020), sites=SITES)
    with pytest.raises(ValueError, match="lives now"), standing_panel(host, tmp_path):
        pass


def test_the_small_files_of_the_product(tmp_path: Path) -> None:
    """Pages are executable and nobody's but root's to write; units and the feature are where an installer puts them."""
    installed.put_into(tmp_path)
    page = tmp_path / "usr/local/cpanel/base/frontend/jupiter/autossl_doctor"
    scripts = [path for path in page.iterdir() if path.suffix == ".cgi"]
    assert scripts
    assert {path.stat().st_mode & 0o777 for path in scripts} == {0o755}
    for path in (page / "assets").iterdir():
        assert path.stat().st_mode & 0o777 == 0o644
    feature = tmp_path / "usr/local/cpanel/whostmgr/addonfeatures/autossl_doctor"
    assert feature.read_text(encoding="utf-8") == "autossl_doctor:AutoSSL Doctor\n"
    assert list((tmp_path / "etc/systemd/system").glob("autossl-doctor-*.service"))


def test_the_product_is_built_once(tmp_path: Path) -> None:
    """The built package needs no YAML of causes, knows its own interpreter, and is not built again for nothing."""
    product = installed.built(tmp_path)
    (package,) = product.glob("venv/lib/python3*/site-packages/autossl_doctor")
    assert json.loads((package / "causes/catalogue.json").read_text(encoding="utf-8"))
    assert (
        (product / "venv/bin/autossl-doctor").read_text(encoding="utf-8").startswith("#!/opt/autossl-doctor/venv/bin")
    )
    assert not list(product.glob("venv/lib/python3*/site-packages/pip*"))
    before = product.stat().st_mtime_ns
    assert installed.built(tmp_path).stat().st_mtime_ns == before
