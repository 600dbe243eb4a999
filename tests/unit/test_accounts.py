"""The accounts and their websites: whose a name is, what AutoSSL may do for it, and what damage does to the answer."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.accounts import (
    EXCLUDES,
    FEATURES,
    SUSPENDED,
    TRUE_USER_DOMAINS,
    USERDATA,
    USERDATA_DOMAINS,
    USERS,
    is_service_name,
    read_accounts,
    read_aliases,
    read_websites,
)
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Account as FoundAccount
from autossl_doctor.model.host import Website
from autossl_doctor.model.names import service_base, visitor_base
from tests.lab import hosts
from tests.lab.hosts import Account, Host, Site
from tests.unit.ordinary_user import as_ordinary_user

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
JSON_TWIN = f"{USERDATA_DOMAINS}.json"


def write(root: Path, path: str, content: bytes | str) -> None:
    """One file of a saved host."""
    file = root / path[1:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def row(user: str, kind: str, parent: str, address: str = "192.0.2.10:80", folder: str = "public_html") -> list[str]:
    """The ten fields of a domain."""
    return [user, "root", kind, parent, f"/home/{user}/{folder}", address, "192.0.2.10:443", "", "1", "ea-php83"]


def line(
    name: str, user: str, kind: str, parent: str, address: str = "192.0.2.10:80", folder: str = "public_html"
) -> str:
    """A line of /etc/userdatadomains."""
    return f"{name}: {'=='.join(row(user, kind, parent, address, folder))}\n"


def websites(root: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each website's account and names."""
    found = read_websites(HostPaths(root))
    assert isinstance(found, Known)
    return {site.name: (site.account, site.names) for site in found.value}


CROWD = "".join(
    (
        line("shop.example", "alice", "main", "shop.example"),
        line("blog.shop.example", "alice", "sub", "shop.example"),
        line("second.example", "alice", "addon", "second.shop.example"),
        line("second.shop.example", "alice", "sub", "shop.example"),
        line("parked.example", "alice", "parked", "shop.example"),
        line("tea.example", "bob", "main", "tea.example"),
    )
)
EXPECTED = {
    "shop.example": ("alice", ("shop.example", "parked.example")),
    "blog.shop.example": ("alice", ("blog.shop.example",)),
    "second.shop.example": ("alice", ("second.shop.example", "second.example")),
    "tea.example": ("bob", ("tea.example",)),
}


# --- websites


MAIN = line("shop.example", "alice", "main", "shop.example")
ADDON = line("second.example", "alice", "addon", "shop.example", folder="second")


@pytest.mark.parametrize(
    ("rows", "files", "expected"),
    [
        (MAIN + ADDON, (), {"shop.example": (), "second.example": ()}),
        (
            MAIN + ADDON + line("second.shop.example", "alice", "sub", "shop.example", folder="second"),
            (),
            {"shop.example": (), "second.shop.example": ("second.example",)},
        ),
        (
            MAIN + ADDON + line("second.shop.example", "alice", "sub", "shop.example", folder="second"),
            ("alice/second.example",),
            {"shop.example": (), "second.shop.example": (), "second.example": ()},
        ),
        (MAIN + line("second.example", "alice", "addon", "shop.example"), (), {"shop.example": ("second.example",)}),
        (
            MAIN + line("second.example", "alice", "addon", "shop.example"),
            ("alice/second.example",),
            {"shop.example": (), "second.example": ()},
        ),
        (
            MAIN
            + ADDON
            + line("tea.example", "bob", "sub", "bob.example").replace("/home/bob/public_html", "/home/alice/second"),
            (),
            {"shop.example": (), "second.example": (), "tea.example": ()},
        ),
    ],
    ids=[
        "own folder",
        "the subdomain behind it",
        "own website",
        "same folder",
        "same folder, own website",
        "a stranger's",
    ],
)
def test_an_addon_domain_said_to_be_of_the_main_website_goes_where_its_folder_is_shown(
    tmp_path: Path, rows: str, files: tuple[str, ...], expected: dict[str, tuple[str, ...]]
) -> None:
    """The parent of an addon domain is not always its subdomain: folder and files tell more."""
    write(tmp_path, USERDATA_DOMAINS, rows)
    for file in files:
        write(tmp_path, f"{USERDATA}/{file}", "documentroot: /home/alice/second\n")
    assert {name: names[1:] for name, (_, names) in websites(tmp_path).items()} == expected


def test_parked_and_addon_domains_are_aliases(tmp_path: Path) -> None:
    """A website is named by its ServerName; an addon domain belongs to the subdomain behind it."""
    write(tmp_path, USERDATA_DOMAINS, CROWD)
    assert websites(tmp_path) == EXPECTED
    found = read_websites(HostPaths(tmp_path))
    assert isinstance(found, Known)
    assert (found.source, found.value[0].address) == (USERDATA_DOMAINS, "192.0.2.10")


def test_the_json_twin_says_the_same(tmp_path: Path) -> None:
    """Without the list its twin is read, whose rows are lists."""
    rows = {name: values.split("==") for name, _, values in (each.partition(": ") for each in CROWD.splitlines())}
    rows["null.example"] = [*row("bob", "parked", "tea.example")[:7], None, 1, None]  # type: ignore[list-item]
    write(tmp_path, JSON_TWIN, json.dumps(rows))
    expected = EXPECTED | {"tea.example": ("bob", ("tea.example", "null.example"))}
    assert websites(tmp_path) == expected


@pytest.mark.parametrize("twin", [None, b"", b"{", b"[]", b'{"a":1}', b"\xff", b"[" * 100_000])
def test_the_main_domains_are_the_last_resort(tmp_path: Path, twin: bytes | None) -> None:
    """Where neither list can be read, each account's main domain is a website."""
    if twin is not None:
        write(tmp_path, JSON_TWIN, twin)
    write(tmp_path, TRUE_USER_DOMAINS, "Shop.Example: alice\ntea.example: bob\nno sign\n: x\nbad.example: a/b\n")
    found = websites(tmp_path)
    assert found["shop.example"] == ("alice", ("shop.example",))
    assert found["tea.example"] == ("bob", ("tea.example",))
    assert "bad.example" not in found


def test_without_any_list_the_websites_are_unknown(tmp_path: Path) -> None:
    """No list is no empty list, and a damaged twin is named."""
    assert read_websites(HostPaths(tmp_path)) == Unknown("missing", USERDATA_DOMAINS)
    write(tmp_path, JSON_TWIN, "{")
    found = read_websites(HostPaths(tmp_path))
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", JSON_TWIN)


@pytest.mark.parametrize("content", [b"\0" * 16, b"<html>\n", b"shop.example alice\n", b"\xff\xfe"], ids=repr)
def test_a_damaged_list_is_not_an_empty_one(tmp_path: Path, content: bytes) -> None:
    """Silence never means healthy: a list of which no line can be read gives way to the next source."""
    write(tmp_path, USERDATA_DOMAINS, content)
    write(tmp_path, TRUE_USER_DOMAINS, "shop.example: alice\n")
    assert websites(tmp_path) == {"shop.example": ("alice", ("shop.example",))}


def test_an_empty_list_has_no_websites(tmp_path: Path) -> None:
    """A server without accounts has an empty list."""
    write(tmp_path, USERDATA_DOMAINS, "")
    assert websites(tmp_path) == {}


@pytest.mark.parametrize("kind", ["addon", "parked"])
def test_an_alias_never_leads_into_another_accounts_website(tmp_path: Path, kind: str) -> None:
    """A row that names a foreign parent makes a website of its own."""
    text = line("tea.example", "bob", "main", "tea.example") + line("evil.example", "mallory", kind, "tea.example")
    write(tmp_path, USERDATA_DOMAINS, text)
    assert websites(tmp_path) == {
        "tea.example": ("bob", ("tea.example",)),
        "evil.example": ("mallory", ("evil.example",)),
    }


@pytest.mark.parametrize("parent", ["", "nowhere.example", "evil.example"])
def test_an_alias_of_nothing_is_a_website(tmp_path: Path, parent: str) -> None:
    """An unknown parent, none, and the name itself lose no name."""
    write(tmp_path, USERDATA_DOMAINS, line("evil.example", "mallory", "parked", parent))
    assert websites(tmp_path) == {"evil.example": ("mallory", ("evil.example",))}


@pytest.mark.parametrize("user", ["", "a/b", "../etc", "a b", "日本", "x" * 65])
def test_a_row_of_no_account_is_passed_over(tmp_path: Path, user: str) -> None:
    """What cannot be the name of an account opens no file."""
    write(tmp_path, USERDATA_DOMAINS, line("a.example", user, "main", "a.example") + CROWD)
    assert websites(tmp_path) == EXPECTED


def test_names_are_lower_case_and_older_rows_shorter(tmp_path: Path) -> None:
    """Old versions wrote fewer fields, and names are compared without their case."""
    write(tmp_path, USERDATA_DOMAINS, "Shop.Example: alice==root==main==Shop.Example==/home/alice==192.0.2.10:80\n")
    assert websites(tmp_path) == {"shop.example": ("alice", ("shop.example",))}


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_a_document_root_cannot_begin_a_line(tmp_path: Path, sign: str) -> None:
    """A row ends at the line feed; what an account wrote into its own row is no other account's."""
    forged = line("tea.example", "mallory", "main", "tea.example").strip()
    own = line("evil.example", "mallory", "main", "evil.example").replace("public_html", f"x{sign}{forged}")
    write(tmp_path, USERDATA_DOMAINS, line("tea.example", "bob", "main", "tea.example") + own)
    assert websites(tmp_path)["tea.example"] == ("bob", ("tea.example",))


def test_the_websites_of_a_built_host(tmp_path: Path) -> None:
    """Main, addon, sub and parked domains of a built host are told from all three lists."""
    alice = Account("alice")
    host = Host(
        now=NOW,
        sites=(
            Site("shop.example", alice, parked=("parked.example",)),
            Site("second.example", alice, kind="addon"),
            Site("blog.shop.example", alice, kind="sub"),
        ),
    )
    root = hosts.build(host, tmp_path / "root")
    expected = {
        "shop.example": ("alice", ("shop.example", "parked.example")),
        "second.example.shop.example": ("alice", ("second.example.shop.example", "second.example")),
        "blog.shop.example": ("alice", ("blog.shop.example",)),
    }
    assert websites(root) == expected
    (root / USERDATA_DOMAINS[1:]).unlink()
    assert websites(root) == expected
    (root / JSON_TWIN[1:]).unlink()
    assert websites(root) == {"shop.example": ("alice", ("shop.example",))}


# --- the exact names of a website


def aliases(root: Path, content: bytes | str) -> Fact[tuple[str, ...]]:
    """The names that this userdata file gives the website shop.example."""
    write(root, f"{USERDATA}/alice/shop.example", content)
    return read_aliases(HostPaths(root), Website("shop.example", "alice", ("shop.example", "parked.example")))


def test_the_names_come_from_the_websites_own_file(tmp_path: Path) -> None:
    """Aliases are listed with spaces; service names and repetitions are left out, the main name comes first."""
    found = aliases(tmp_path, "serveralias: WWW.shop.example mail.shop.example www.parked.example www.shop.example\n")
    assert found == Known(
        ("shop.example", "www.shop.example", "www.parked.example", "parked.example"), f"{USERDATA}/alice/shop.example"
    )


@pytest.mark.parametrize("content", ["serveralias: ''\n", "serveralias: ~\n", "serveralias:\n", "ip: 192.0.2.10\n"])
def test_a_website_without_aliases_has_its_own_names(tmp_path: Path, content: str) -> None:
    """No alias is no damage."""
    found = aliases(tmp_path, content)
    assert isinstance(found, Known)
    assert found.value == ("shop.example", "parked.example")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"[",
        b"serveralias: [",
        b"serveralias: *nobody",
        b"- shop.example",
        b"text",
        b"\xff\xfe",
        b"a: b: c",
        b"2001-99-99: 1",
        b"x: !!python/object/apply:os.system [id]",
        b"[" * 5_000,
        b'x: !!int ""',
        b'x: !!float ""',
        b"x: !!bool perhaps",
        b"x: !!timestamp never",
        b"serveralias: [www.shop.example]",
        b"serveralias: {www.shop.example: 1}",
    ],
    ids=lambda content: content[:30],
)
def test_a_damaged_userdata_file_is_unknown_and_named(tmp_path: Path, content: bytes) -> None:
    """What is no map with a text of names gives Unknown, and nothing in it is run."""
    found = aliases(tmp_path, content)
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", f"{USERDATA}/alice/shop.example")


def test_a_missing_or_private_userdata_file_is_unknown(tmp_path: Path) -> None:
    """The reason is the file's own."""
    site = Website("shop.example", "alice", ("shop.example",))
    path = f"{USERDATA}/alice/shop.example"
    assert read_aliases(HostPaths(tmp_path), site) == Unknown("missing", path)
    assert isinstance(aliases(tmp_path, "{}"), Known)
    tmp_path.chmod(0o755)  # or nobody gets as far as the file
    (tmp_path / path[1:]).chmod(0)
    host = HostPaths(tmp_path)
    assert as_ordinary_user(lambda: read_aliases(host, site)) == Unknown("permission_denied", path)


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("mail.shop.example", True),
        ("cpanel.shop.example", True),
        ("webmail.shop.example", True),
        ("autodiscover.shop.example", True),
        ("www.shop.example", False),
        ("shop.example", False),
        ("mail.other.example", False),
        ("blog.shop.example", False),
        ("mail.example", False),
    ],
)
def test_a_service_name_stands_before_a_known_name(name: str, *, service: bool) -> None:
    """`mail.` and the like serve the panel only before a name of the website."""
    assert is_service_name(name, ["shop.example", "www.shop.example"]) is service
    assert is_service_name(name, ["www.shop.example"]) is service


def test_labels_are_taken_from_the_front() -> None:
    """What the panel adds in front of a name can be taken away; a top-level domain stays."""
    assert service_base("cpcontacts.a.example") == "a.example"
    assert service_base("mail.example") == service_base("www.a.example") == service_base("mail") == ""
    names = ["www.a.example", "*.a.example", "mail.a.example", "a.example"]
    assert {visitor_base(name) for name in names} == {"a.example"}
    assert visitor_base("www.example") == "www.example"


# --- accounts


def account(root: Path, users: str | None = "", **files: str) -> FoundAccount:
    """The account alice with this users file, and with these feature lists."""
    if users is not None:
        write(root, f"{USERS}/alice", users)
    for name, content in files.items():
        write(root, f"{FEATURES}/{name}", content)
    return read_accounts(HostPaths(root), ["alice"])["alice"]


def known(fact: Fact[bool]) -> bool:
    """A yes or no that must be known."""
    assert isinstance(fact, Known)
    return fact.value


@pytest.mark.parametrize(
    ("users", "lists", "expected"),
    [
        ("", {}, True),
        ("FEATURELIST=basic\n", {}, True),
        ("FEATURELIST=basic\n", {"basic": "autossl=0\n"}, False),
        ("FEATURELIST=basic\n", {"basic": "autossl=1\n"}, True),
        ("FEATURELIST=basic\n", {"basic": "other=0\n"}, True),
        ("FEATURELIST=basic\n", {"default": "autossl=0\n"}, True),
        ("", {"default": "autossl=0\n"}, False),
        ("FEATURELIST=\n", {"default": "autossl=0\n"}, False),
        ("FEATURELIST=basic\n", {"disabled": "autossl=0\n"}, False),
        ("FEATURELIST=basic\n", {"disabled": "autossl=0\n", "basic": "autossl=1\n"}, False),
        ("FEATURELIST=basic\n", {"disabled": "other=0\n", "basic": "autossl=0\n"}, False),
        ("FEATURELIST=basic\nFEATURE-AUTOSSL=1\n", {"basic": "autossl=0\n"}, True),
        ("FEATURELIST=basic\nFEATURE-AUTOSSL=0\n", {"basic": "autossl=1\n"}, False),
        ("FEATURELIST=basic\nFEATURE-AUTOSSL=\n", {"basic": "autossl=0\n"}, False),
    ],
)
def test_the_feature(tmp_path: Path, users: str, lists: dict[str, str], *, expected: bool) -> None:
    """The override beats the lists, the server-wide list beats the account's, and what nobody names is on."""
    assert known(account(tmp_path, users, **lists).feature) is expected


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", ".hidden"])
def test_a_feature_list_is_a_plain_file(tmp_path: Path, name: str) -> None:
    """A name that leads elsewhere is not followed."""
    found = account(tmp_path, f"FEATURELIST={name}\n").feature
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", f"{USERS}/alice")


def test_a_feature_list_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    """A private list is not taken for one that does not name AutoSSL."""
    host = HostPaths(tmp_path)
    account(tmp_path, "FEATURELIST=basic\n", basic="autossl=0\n")
    tmp_path.chmod(0o755)  # or nobody gets as far as the file
    (tmp_path / f"{FEATURES[1:]}/basic").chmod(0)
    found = as_ordinary_user(lambda: read_accounts(host, ["alice"]))["alice"]
    assert found.feature == Unknown("permission_denied", f"{FEATURES}/basic")


@pytest.mark.parametrize(
    ("users", "file", "expected"),
    [("", False, False), ("SUSPENDED=1\n", False, True), ("SUSPENDED=0\n", False, False), ("", True, True)],
)
def test_suspension(tmp_path: Path, users: str, *, file: bool, expected: bool) -> None:
    """The users file or the folder of suspended accounts tells."""
    if file:
        write(tmp_path, f"{SUSPENDED}/alice", "")
    assert known(account(tmp_path, users).suspended) is expected


def test_key_type_and_owner(tmp_path: Path) -> None:
    """Without a choice of its own an account follows the system."""
    found = account(tmp_path, "OWNER=reseller\nSSL_DEFAULT_KEY_TYPE=ecdsa-prime256v1\n")
    assert (found.key_type, found.owner) == (Known("ecdsa-prime256v1", f"{USERS}/alice"), "reseller")
    assert account(tmp_path, "USER=alice\n").key_type == Known("system", f"{USERS}/alice")


def test_an_account_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    """Each answer of the users file is Unknown and names it; the excluded names have a file of their own."""
    found = account(tmp_path, None)
    missing = Unknown("missing", f"{USERS}/alice")
    assert (found.suspended, found.feature, found.key_type) == (missing, missing, missing)
    assert found.excluded == Known(frozenset(), f"{EXCLUDES}/alice.json")


@pytest.mark.parametrize("name", ["../alice", "a/b", "", "x" * 65, "a\0b"])
def test_what_is_no_account_opens_no_file(tmp_path: Path, name: str) -> None:
    """A strange name gives an account of which nothing is known."""
    assert read_accounts(HostPaths(tmp_path), [name])[name] == FoundAccount(name)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"excluded_domains":["A.example","*.b.example"]}', {"a.example", "*.b.example"}),
        ('{"excluded_domains":[]}', set()),
        ('{"excluded_domains":null}', set()),
        ("{}", set()),
    ],
)
def test_excluded_names(tmp_path: Path, content: str, expected: set[str]) -> None:
    """Names are compared without their case, wildcards stand as they are."""
    write(tmp_path, f"{EXCLUDES}/alice.json", content)
    assert account(tmp_path).excluded == Known(frozenset(expected), f"{EXCLUDES}/alice.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"excluded_domains":"a.example"}', b"[" * 100_000])
def test_damaged_exclusions_are_unknown_and_named(tmp_path: Path, content: bytes) -> None:
    """A damaged list is not an empty one."""
    write(tmp_path, f"{EXCLUDES}/alice.json", content)
    found = account(tmp_path).excluded
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", f"{EXCLUDES}/alice.json")


def test_the_accounts_of_a_built_host(tmp_path: Path) -> None:
    """The lab's accounts have the feature, the state and the key type that they were described with."""
    alice = Account("alice", feature_list="basic", key_type="rsa-4096", owner="reseller")
    bob = Account("bob", suspended=True, feature_list="basic", feature_override=True)
    sites = (Site("a.example", alice, excluded=("www.",)), Site("b.example", bob))
    found = read_accounts(HostPaths(hosts.build(Host(now=NOW, sites=sites), tmp_path / "root")), ["alice", "bob"])
    assert not known(found["alice"].feature)
    assert known(found["bob"].feature)
    assert (known(found["alice"].suspended), known(found["bob"].suspended)) == (False, True)
    assert found["alice"].key_type == Known("rsa-4096", f"{USERS}/alice")
    assert found["alice"].excluded == Known(frozenset({"www.a.example"}), f"{EXCLUDES}/alice.json")


# --- any content


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> HostPaths:
    """One host for many contents."""
    return HostPaths(tmp_path_factory.mktemp("accounts"))


USERS_NAMES, NAMES = st.sampled_from(["alice", "bob"]), st.sampled_from(["a.example", "b.example", "c.a.example", ""])
LINES = st.builds(line, NAMES, USERS_NAMES, st.sampled_from(["main", "sub", "addon", "parked"]), NAMES)


@given(lines=st.lists(LINES, max_size=8))
def test_every_name_keeps_its_account(anywhere: HostPaths, lines: list[str]) -> None:
    """However the rows hang together, a name belongs to the account of its own row, and none is lost."""
    assert anywhere.root
    write(anywhere.root, USERDATA_DOMAINS, "".join(lines))
    owners = {each.partition(": ")[0]: each.partition(": ")[2].partition("==")[0] for each in lines}
    owners.pop("", None)  # a row without a name names no website
    found = read_websites(anywhere)
    assert isinstance(found, Known)
    seen = [(name, site.account) for site in found.value for name in site.names]
    assert set(owners.items()) == set(seen)


@given(content=st.one_of(st.binary(max_size=100), st.text(": =.\nab\0\u2028", max_size=60).map(str.encode)))
def test_no_content_raises(anywhere: HostPaths, content: bytes) -> None:
    """Whatever the lists and files hold, there is an answer or a reason."""
    assert anywhere.root
    for path in (
        USERDATA_DOMAINS,
        TRUE_USER_DOMAINS,
        f"{USERS}/alice",
        f"{EXCLUDES}/alice.json",
        f"{FEATURES}/default",
    ):
        write(anywhere.root, path, content)
    assert isinstance(read_websites(anywhere), Known)
    assert read_accounts(anywhere, ["alice"])["alice"].name == "alice"
    (anywhere.root / USERDATA_DOMAINS[1:]).unlink()
    write(anywhere.root, JSON_TWIN, content)
    assert isinstance(read_websites(anywhere), Known)
