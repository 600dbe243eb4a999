"""The server's choices: provider, default key type, version, and what a feature list says."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.settings import (
    AUTOSSL,
    CONFIG,
    CUSTOM,
    DEFAULT_KEY_TYPE,
    SHIPPED,
    VERSION,
    is_switched_on,
    read_pairs,
    read_settings,
)
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from tests.lab import hosts
from tests.lab.hosts import Host
from tests.unit.ordinary_user import as_ordinary_user

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def write(root: Path, path: str, content: bytes | str) -> None:
    """One file of a saved host."""
    file = root / path[1:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def put(root: Path, path: str, content: bytes | str) -> HostPaths:
    """A saved host with one file."""
    write(root, path, content)
    return HostPaths(root)


@pytest.mark.parametrize(
    ("modules", "provider", "known"),
    [
        ([f"{SHIPPED}/Acme"], "Acme", [True]),
        ([f"{SHIPPED}/Other", f"{CUSTOM}/Acme"], "Acme", [True]),
        ([f"{SHIPPED}/Other"], "Acme", [False]),
        ([f"{CUSTOM}/Acme"], "Acme", []),
        ([f"{SHIPPED}/Other"], "../Acme", []),
        ([f"{SHIPPED}/Other"], None, []),
    ],
)
def test_the_module_is_looked_for_where_modules_are_kept(
    modules: list[str], provider: str | None, known: list[bool], tmp_path: Path
) -> None:
    """Without the place of the panel's own modules nothing can be told; a custom module counts as well."""
    for module in modules:
        write(tmp_path, f"{module}.pm", "1;")
    found = read_settings(put(tmp_path, AUTOSSL, json.dumps({"provider": provider}))).module
    assert ([found.value] if isinstance(found, Known) else []) == known


def provider(root: Path, content: bytes | str) -> Fact[str]:
    """The provider that this autossl.json names."""
    return read_settings(put(root, AUTOSSL, content)).provider


@pytest.mark.parametrize(("name", "expected"), [("LetsEncrypt", "LetsEncrypt"), ("cPanel", "cPanel"), (None, "")])
def test_the_settings_of_a_built_host(tmp_path: Path, name: str | None, expected: str) -> None:
    """The lab's host has the provider, the key type and the version that it was described with."""
    host = Host(now=NOW, provider=name, version="11.110.0.55", server_key_type="ecdsa-secp384r1")
    settings = read_settings(HostPaths(hosts.build(host, tmp_path / "root")))
    assert settings.provider == Known(expected, AUTOSSL)
    assert settings.key_type == Known("ecdsa-secp384r1", CONFIG)
    assert settings.version == Known("11.110.0.55", VERSION)


@pytest.mark.parametrize("content", ['{"provider":null}', '{"provider":""}', "{}", '{"_schema_version":1}'])
def test_no_provider_means_switched_off(tmp_path: Path, content: str) -> None:
    """A provider that is null, absent or empty is no provider."""
    assert provider(tmp_path, content) == Known("", AUTOSSL)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0\0",
        b"{",
        b'{"provider":"LetsEncrypt"',
        b'["LetsEncrypt"]',
        b'"LetsEncrypt"',
        b'{"provider":["LetsEncrypt"]}',
        b'{"provider":1}',
        b'{"provider":"\xff"}',
        b'{"provider":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
    ids=lambda content: content[:30],
)
def test_damaged_settings_are_unknown_and_named(tmp_path: Path, content: bytes) -> None:
    """A file that says nothing certain is damaged; AutoSSL is not taken for switched off."""
    found = provider(tmp_path, content)
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", AUTOSSL)


def test_files_that_are_not_there_are_missing(tmp_path: Path) -> None:
    """Each of the three sources fails on its own and names its file."""
    settings = read_settings(HostPaths(tmp_path))
    assert settings.provider == Unknown("missing", AUTOSSL)
    assert settings.key_type == Unknown("missing", CONFIG)
    assert settings.version == Unknown("missing", VERSION)


def test_private_files_are_unknown(tmp_path: Path) -> None:
    """The settings belong to root; anybody else does not know."""
    host = put(tmp_path, AUTOSSL, '{"provider":"cPanel"}')
    tmp_path.chmod(0o755)  # or nobody gets as far as the file
    assert as_ordinary_user(lambda: read_settings(host)).provider == Known("cPanel", AUTOSSL)
    (tmp_path / AUTOSSL[1:]).chmod(0)
    assert as_ordinary_user(lambda: read_settings(host)).provider == Unknown("permission_denied", AUTOSSL)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("ssl_default_key_type=ecdsa-prime256v1\n", "ecdsa-prime256v1"),
        ("a=b\nssl_default_key_type=rsa-4096\nc=d", "rsa-4096"),
        ("ssl_default_key_type=\n", DEFAULT_KEY_TYPE),
        ("#ssl_default_key_type=rsa-4096\n", DEFAULT_KEY_TYPE),
        ("", DEFAULT_KEY_TYPE),
    ],
)
def test_the_default_key_type(tmp_path: Path, content: str, expected: str) -> None:
    """Without a word about it the default is RSA with 2,048 bits."""
    assert read_settings(put(tmp_path, CONFIG, content)).key_type == Known(expected, CONFIG)


def test_the_version_has_no_line_break(tmp_path: Path) -> None:
    """The version is the file's only word, and a long file is none."""
    assert read_settings(put(tmp_path, VERSION, "11.134.0.12\n")).version == Known("11.134.0.12", VERSION)
    assert read_settings(put(tmp_path, VERSION, "1" * 300)).version == Unknown("too_large", VERSION)


def test_pairs_are_lines_with_a_sign_of_equality() -> None:
    """The last word counts, values keep their signs of equality, and anything else is passed over."""
    text = "# a=1\nA=1\nB = two words \nC=x=y\n=z\nnothing\n\nA=2\n"
    assert read_pairs(text) == {"A": "2", "B": "two words", "C": "x=y", "": "z"}


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_a_value_cannot_begin_a_pair(sign: str) -> None:
    """A value of the account's own (such as its contact address) ends at the line feed only."""
    assert read_pairs(f"CONTACTEMAIL=x{sign}FEATURE-AUTOSSL=1\n").keys() == {"CONTACTEMAIL"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("autossl=0\n", False),
        ("autossl=1\n", True),
        ("addoncgi=1\nautossl=0\n", False),
        ("addoncgi=0\n", None),
        ("autossl_x=0\n", None),
        ("#autossl=0\n", None),
        ("", None),
    ],
)
def test_a_feature_list_says_yes_no_or_nothing(tmp_path: Path, content: str, *, expected: bool | None) -> None:
    """Only `autossl=0` is off; a list that does not name the feature says nothing."""
    path = "/var/cpanel/features/basic"
    assert is_switched_on(put(tmp_path, path, content), path, "autossl") == Known(expected, path)


def test_a_missing_feature_list_is_unknown(tmp_path: Path) -> None:
    """Whether that means on is for the caller to say."""
    assert is_switched_on(HostPaths(tmp_path), "/x", "autossl") == Unknown("missing", "/x")


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> HostPaths:
    """One host for many contents."""
    return HostPaths(tmp_path_factory.mktemp("settings"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["provider", "x"]), inner, max_size=2),
    max_leaves=5,
)


@given(content=st.one_of(st.binary(max_size=60), VALUES.map(lambda value: json.dumps(value).encode())))
def test_no_settings_raise(anywhere: HostPaths, content: bytes) -> None:
    """Whatever the files hold, each answer is a text or a reason with the file's name."""
    assert anywhere.root
    for path in (AUTOSSL, CONFIG, VERSION):
        write(anywhere.root, path, content)
    settings = read_settings(anywhere)
    for fact, path in ((settings.provider, AUTOSSL), (settings.key_type, CONFIG), (settings.version, VERSION)):
        assert fact.source == path
        assert isinstance(fact, Unknown) or isinstance(fact.value, str)
