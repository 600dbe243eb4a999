"""Files as Windows' programs save them: the same text in any encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.encodings import decoded

MESSAGE = "“a.example” does not resolve to any IP addresses on the internet.\n"
JAPANESE = f"ログです\n{MESSAGE}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp"])
def test_a_japanese_file_is_read_in_its_encoding(encoding: str) -> None:
    """With a mark or without, AutoSSL's quotation marks and the words around them are what they were."""
    assert decoded(JAPANESE.encode(encoding)) == JAPANESE


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030", "big5", "euc_kr"])
def test_autossls_own_words_survive_other_encodings(encoding: str) -> None:
    """Which language stands around a message may stay unknown."""
    assert decoded(MESSAGE.encode(encoding)) == MESSAGE


def test_a_mail_in_seven_bits_is_read() -> None:
    """Japanese mails may be plain ASCII with escapes."""
    assert decoded("ログです\n".encode("iso2022_jp")) == "ログです\n"


def test_strange_bytes_do_not_change_the_encoding_of_a_log() -> None:
    """What a website answered may stand in a log of UTF-8 as it came."""
    assert (
        decoded("The content “".encode() + b"\x93\xff" + "” of the DCV".encode())
        == "The content “\ufffd\ufffd” of the DCV"
    )


def test_empty_bytes_hide_nothing() -> None:
    """A key in wide signs behind an ordinary text is as readable as one in narrow signs."""
    key = "-----BEGIN PRIVATE KEY-----"
    assert key in decoded(b"x" * 1000 + key.encode("utf-16-le"))


@given(st.binary(max_size=300))
def test_any_file_is_read(content: bytes) -> None:
    """No bytes raise, and none stay empty."""
    assert "\0" not in decoded(content)
