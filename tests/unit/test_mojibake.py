"""AutoSSL's own signs are put right after other programs have written them in their way."""

import pytest

from autossl_doctor.collect.mojibake import undone


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("\\u201ca.example\\u201D \\u2026", "“a.example” …"),
        ("Let\\u2019s Encrypt\\u2122", "Let’s Encrypt™"),
        ('{"a": "\\u201cb\\u201d"}', '{"a": "“b”"}'),
        ("â€œa.exampleâ€\x9d", "“a.example”"),
        ("\\\\u201c", "\\\\u201c"),
        ("\\u0022 \\u2028 \\u20", "\\u0022 \\u2028 \\u20"),
    ],
)
def test_signs_are_put_right(text: str, right: str) -> None:
    """Escapes of JSON are read outside of it as well, but for those that would change a document or part lines."""
    assert undone(text) == right
