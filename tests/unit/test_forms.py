"""The page's own sign on its forms: it fits one account, one session and one button, and nothing empty."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.actions.forms import is_ours, sign

KEY = b"0123456789abcdef" * 4
PARTS = ("shop", "/cpsess0123456789", "retry")

PRINTED = st.text(string.ascii_letters + string.digits + "/_-.", min_size=1, max_size=20)
KEYS = st.binary(min_size=1, max_size=80)


def test_a_sign_fits_its_own_form() -> None:
    """What the page wrote into its form is accepted when it comes back; it is plain hexadecimal."""
    value = sign(KEY, *PARTS)
    assert is_ours(KEY, *PARTS, value)
    assert len(value) == 64
    assert set(value) <= set(string.hexdigits.lower())


@pytest.mark.parametrize(
    "parts",
    [
        ("other", *PARTS[1:]),
        ("shop2", *PARTS[1:]),
        ("shop", "/cpsess0123456788", "retry"),
        ("shop", "/cpsess0123456789", "exclude"),
        ("shop/cpsess0123456789", "", "retry"),
        ("retry", "/cpsess0123456789", "shop"),
    ],
)
def test_a_sign_fits_nothing_else(parts: tuple[str, str, str]) -> None:
    """Another account, session or button needs another sign."""
    assert not is_ours(KEY, *parts, sign(KEY, *PARTS))
    assert sign(KEY, *parts) != sign(KEY, *PARTS)


def test_another_key_makes_another_sign() -> None:
    """Each account has a key of its own, so that no other account can make its signs."""
    assert not is_ours(KEY[::-1], *PARTS, sign(KEY, *PARTS))


@given(st.tuples(KEYS, PRINTED, PRINTED, PRINTED), st.tuples(KEYS, PRINTED, PRINTED, PRINTED))
def test_two_different_forms_never_share_a_sign(
    one: tuple[bytes, str, str, str], other: tuple[bytes, str, str, str]
) -> None:
    """Any change of key, account, session or button changes the sign, also where parts only change places."""
    # An HMAC key is filled up with zeros: keys that differ in nothing else are the same one.
    alike = (one[0].rstrip(b"\0"), *one[1:]) == (other[0].rstrip(b"\0"), *other[1:])
    if len(one[0]) <= 64 and len(other[0]) <= 64:
        assert (sign(*one) == sign(*other)) is alike
        assert is_ours(*one, sign(*other)) is alike


@given(PRINTED, PRINTED, PRINTED, st.integers(1, 15))
def test_an_empty_part_never_matches(account: str, session: str, verb: str, empty: int) -> None:
    """Where the key, the account, the session or the button is missing there is no sign, and none that fits."""
    key = b"" if empty & 1 else KEY
    parts = ("" if empty & 2 else account, "" if empty & 4 else session, "" if empty & 8 else verb)
    assert sign(key, *parts) == ""
    assert not is_ours(key, *parts, "")
    assert not is_ours(key, *parts, sign(KEY, account, session, verb))


@given(st.text())
def test_no_guess_fits(guess: str) -> None:
    """Any other value is refused, in whatever letters, without an error."""
    assert is_ours(KEY, *PARTS, guess) is (guess == sign(KEY, *PARTS))


@pytest.mark.parametrize(
    "given_value",
    ["", " ", "ü" * 64, "０" * 64, "\udcff", "\0" * 64, "設定", "0" * 63, "0" * 1_000_000],
    ids=lambda value: repr(value[:8]),
)
def test_odd_values_are_refused_and_nothing_breaks(given_value: str) -> None:
    """Letters outside ASCII, halves of letters and very long values are just wrong."""
    assert not is_ours(KEY, *PARTS, given_value)


def test_a_sign_is_compared_to_the_letter() -> None:
    """Upper case, spaces and the same value twice are other values."""
    value = sign(KEY, *PARTS)
    for odd in (value.upper(), f" {value}", f"{value}\n", value * 2, value[:-1]):
        assert not is_ours(KEY, *PARTS, odd)
