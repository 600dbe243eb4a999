"""The source of a mail, in every way in which its parts may travel."""

from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.mail_source import text_of_mail

PLAIN = "“a.example” does not resolve to any IP addresses on the internet."
PAGE = "<html><body><p>&ldquo;a.example&rdquo; does not resolve</p></body></html>"


def mail(*parts: tuple[str, str]) -> str:
    """A mail with several forms of the same words, as base64."""
    whole = MIMEMultipart("alternative")
    whole["Subject"] = "[h.example] a.example: AutoSSL certificate expiry"
    for text, kind in parts:
        whole.attach(MIMEText(text, kind, "utf-8"))
    return whole.as_string()


def packed(encoding: str, body: str) -> str:
    """A mail of one part."""
    return f"Received: x\n by y\nMIME-Version: 1.0\nContent-Transfer-Encoding: {encoding}\n\n{body}"


def test_the_plain_part_is_read_where_there_is_one() -> None:
    """Both parts say the same, and the plain one needs less guessing."""
    text = text_of_mail(mail((PLAIN, "plain"), (PAGE, "html")))
    assert text == f"Subject: [h.example] a.example: AutoSSL certificate expiry\n\n{PLAIN}"


def test_a_mail_that_is_only_a_page_is_read_as_it_is_shown() -> None:
    """Newer notices may come as a page alone."""
    assert "“a.example” does not resolve" in text_of_mail(mail((PAGE, "html"))).split("\n")


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("quoted-printable", "=E2=80=9Ca.example=E2=80=9D does not resolve=\n to any IP addresses on the internet."),
        ("8bit", PLAIN),
        ("Base64", "4oCcYS5leGFtcGxl4oCdIGRvZXMgbm90IHJlc29sdmUgdG8gYW55IElQIGFkZHJlc3NlcyBvbiB0\naGUgaW50ZXJuZXQu"),
    ],
)
def test_a_part_is_unpacked(encoding: str, body: str) -> None:
    """Lines that were broken for the journey are whole again."""
    assert text_of_mail(packed(encoding, body)).strip() == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"Subject: x\nFrom: y\n\n{PLAIN}",
        f"x\n{packed('quoted-printable', '=0ATLS Status: OK')}",
        "TLS Status: OK\nContent: x\n\ny",
        "",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    """Headers behind a first line may be a website's."""
    assert text_of_mail(text) == text


def test_what_cannot_be_unpacked_says_nothing() -> None:
    """A torn part is left out."""
    assert text_of_mail(packed("base64", "x")).strip() == ""


@given(st.text(alphabet='-=\nab:; "/', max_size=200))
def test_any_mail_is_read(body: str) -> None:
    """Broken parts never raise, and parts within parts end."""
    text = f'Content-Type: multipart/mixed; boundary="a"\n\n--a\nContent-Type: multipart/mixed; boundary="a"\n\n{body}'
    assert isinstance(text_of_mail(text), str)
