"""What a website writes into a log whose language no lexicon reads: it must not become a verdict about anything."""

import json
from datetime import UTC, datetime
from itertools import product

import pytest

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.languages import anchors
from autossl_doctor.collect.languages.quoted import part
from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.diagnose.report import diagnose

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
URL = "http://spa.example/.well-known/acme-challenge/K3JX0Z7PVE1QD2YB8MNTR5WUAHSG94CO"
CAUSES = load().causes

CONTENT = {
    "pt": "O conteúdo “{}” do arquivo de DCV (Domain Control Validation), acessado em “{url}”, não correspondeu.",
    "ja": "「{url}」でアクセスした DCV (Domain Control Validation) ファイルの内容「{}」は、期待値と一致しません。",
    "de": "Der Inhalt „{}“ der unter „{url}“ abgerufenen DCV-Datei entsprach nicht dem erwarteten Wert.",
    "fr": "Le contenu « {} » du fichier de DCV, consulté à l’adresse « {url} », ne correspond pas à la valeur.",
    "ar": "المحتوى ”{}“ لملف DCV في ”{url}“ لا يطابق القيمة.",
    "ru": "Содержимое «{}» файла DCV по адресу «{url}» не совпало.",
    "da": "Indholdet »{}« af DCV-filen på »{url}« passer ikke.",
    "ko": '"{url}"에서 DCV 파일의 내용 "{}"이(가) 예상 값과 일치하지 않습니다.',
}
"""Sentences about a page's content, with the marks and the order of several languages."""
CLOSERS = {"pt": "“”", "ja": "「」", "de": "„“", "fr": "«»", "ar": "”“", "ru": "«»", "da": "»«", "ko": '""'}
FORGED = [
    "Impediment: COMPLETELY_EXCLUDED: x",
    "429 urn:ietf:params:acme:error:rateLimited (x) (too many certificates)",
    "(429 urn:ietf:params:acme:error:rateLimited (x) (too many certificates))",
    "403 urn:ietf:params:acme:error:userActionRequired (x) (y)",
    "400 urn:ietf:params:acme:error:rejectedIdentifier (x) (y)",
    "403 urn:ietf:params:acme:error:caa (x) (CAA record for spa.example prevents issuance)",
    "403 urn:ietf:params:acme:error:caa (x) (",
    "OPENSSL_VERIFY: (0:20:UNABLE_TO_GET_ISSUER_CERT_LOCALLY)",
    "Defect: OPENSSL_VERIFY: 0:10:CERT_HAS_EXPIRED",
    ": Could not connect to 'spa.example:80': Connection refused.",
    "404 (Not Found)",
    ": 503 (Service Unavailable).",
    "/home/spa/public_html: Disk quota exceeded",
    "「/home/spa」: No space left on device",
    "(spa.example): 429 urn:ietf:params:acme:error:rateLimited (x) (y)",
    "HTTP DCV (victim.example): “victim.example” does not resolve to any IP addresses on the internet.",
]
WRAPPED = [
    "{}",
    "{close}{}{open}",
    "x{close}{}{open}y",
    "spa.example{close}{}{open}spa.example",
    "GET{close}{}{open}GET",
]
WRAPPED += ["http://spa.example/{close}{}{open}http://spa.example/", "{close} {open}/x{close} {} {open}"]
WRAPPED += ["/x{close}{}{open}/y", "{url}{close}{}{open}spa.example{close}{open}203.0.113.77"]
OUTER = ["{}", "WARN HTTP DCV (spa.example): {}", "HTTP DCV: {}", "Local HTTP DCV error (spa.example): {}"]


def verdicts(text: str) -> list[str]:
    """The causes that a pasted text gives."""
    report = diagnose(read_pasted(text, NOW, "UTC"), CAUSES)
    return [finding.cause for site in report.sites for finding in site.findings] + [
        finding.cause for finding in report.server_findings
    ]


@pytest.mark.parametrize("language", CONTENT)
@pytest.mark.parametrize("forged", FORGED)
def test_the_content_of_a_page_is_no_verdict(language: str, forged: str) -> None:
    """Codes, statuses, errors and sentences that a page quotes, or puts between marks of its own, say nothing."""
    opening, closing = CLOSERS[language][0], CLOSERS[language][1]
    for wrapped, outer in product(WRAPPED, OUTER):
        content = wrapped.format(forged, open=opening, close=closing, url=URL)
        text = outer.format(CONTENT[language].format(content, url=URL))
        record = json.dumps({"type": "warn", "indent": 3, "contents": text}, ensure_ascii=False)
        for each in (text, record):
            assert set(verdicts(each)) <= {"unknown_problem", "http_wrong_content"}, each


LINES = [
    "Impediment: COMPLETELY_EXCLUDED: All domains are excluded from AutoSSL.",
    "“spa” is suspended.",
    "This system has AutoSSL disabled.",
    "[2026-11-20T02:17:05Z] TLS Status: OK\nThis user’s SSL coverage is already optimal.",
    "Success!",
]


REFUSED = {
    "429 urn:ietf:params:acme:error:rateLimited (The request exceeds a rate limit) (too many)": "ca_rate_limited",
    "403 urn:ietf:params:acme:error:userActionRequired (Visit the “instance” URL) (Agreement)": "ca_account_problem",
    "400 urn:ietf:params:acme:error:rejectedIdentifier (x) (Cannot issue for)": "ca_policy_refused",
}
FRAMES = [
    "サーバーの Let’s Encrypt アカウントがレート制限に達しました。（{}）",
    "“https://acme-v02.api.letsencrypt.org/acme/new-order”에서 오류가 발생했습니다: 403 Forbidden ({}).",
    "Das „Let’s Encrypt“-Konto (https://acme.example/acme/acct/1) meldet: {}",
    "\u200fخطأ من ”Let’s Encrypt™“\u200f: {}",
]


@pytest.mark.parametrize("refused", REFUSED)
@pytest.mark.parametrize("frame", FRAMES)
def test_the_words_of_a_ca_are_read_without_a_name(frame: str, refused: str) -> None:
    """What a CA answers to an order is told in any language, as a line and as a record."""
    text = frame.format(refused)
    record = json.dumps({"type": "warn", "indent": 2, "contents": text}, ensure_ascii=False)
    for each in (f"WARN {text}", record):
        assert verdicts(each)[:1] == [REFUSED[refused]]


TESTS = ["HTTP-DCV", "DCV HTTP", "HTTP 経由の DCV", "DCV lokal (HTTP)", "DCV\u200e عبر HTTP"]


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("name", ["(a.example)", "（a.example）", "[a.example]", "(\u2068a.example\u2069)\u200f"])
def test_the_test_is_told_in_any_order(test: str, name: str) -> None:
    """The words of the test stand in another order, with a hyphen, or among marks that nobody sees."""
    text = f"Błąd {test} {name}: „http://a.example/.well-known/acme-challenge/X“ 403 (Forbidden)."
    record = json.dumps({"type": "warn", "indent": 3, "contents": text}, ensure_ascii=False)
    for each in (f"WARN {text}", record):
        assert verdicts(each) == ["http_forbidden"]


@pytest.mark.parametrize("language", CONTENT)
@pytest.mark.parametrize("forged", LINES)
def test_lines_of_a_page_are_no_lines_of_the_log(language: str, forged: str) -> None:
    """A page may hold line breaks, and lines that look like AutoSSL's own."""
    content = f"<pre>\n{forged}\n</pre>"
    text = CONTENT[language].format(content, url=URL)
    for outer in (
        "WARN HTTP DCV (spa.example): {}",
        "Local HTTP DCV error (spa.example): {}",
        "[2026-11-20T02:17:04Z]\t{}",
    ):
        assert set(verdicts(f"Analyzing “a.example” (website) …\n{outer.format(text)}")) == {"unknown_problem"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("„a.example“ x „b“", [("name", "a.example"), ("other", "b")]),
        ("« /home/a » et «203.0.113.9»", [("path", "/home/a"), ("address", "203.0.113.9")]),
        (f"「GET」と「{URL}」", [("get", "GET"), ("url", URL)]),
        ('”a“ "2001:db8::9"', [("other", "a"), ("address", "2001:db8::9")]),
        ("「「a」", [("other", "「a")]),
        ("no marks, it’s plain", []),
    ],
)
def test_quoted_parts_are_told_apart(text: str, expected: list[tuple[str, str]]) -> None:
    """Marks of one family open and close in turn; corners have a side."""
    parted = part(text)
    assert parted is not None
    assert [(each.kind, each.text) for each in parted.parts] == expected
    assert len(parted.outside) == len(text)


@pytest.mark.parametrize("text", ["“", "a “b” c ”", "」「", "„a", '"'])
def test_odd_marks_are_not_believed(text: str) -> None:
    """Where marks do not come out even, nobody can tell what is quoted."""
    assert part(text) is None


@pytest.mark.parametrize(
    "text",
    [
        # The phrase behind the status and the address of a redirect are the website's.
        f"「{URL}」: 404 (x 「spa.example」「203.0.113.9」)。DNS",
        f"「{URL}」: 404 (x) 「spa.example」「203.0.113.9」 (y)。DNS (Domain Name System)",
        f"「{URL}」: 404 (x). DNS 「spa.example」「203.0.113.9」)。DNS (Domain Name System)",
        f"「https://b.example/“203.0.113.9”」は「{URL}」から転送: 404 (Not Found)。",
        # An address that cannot be used: it may say that the name leads elsewhere.
        f"「203.0.113.9」「{URL}」: 404 (Not Found)。DNS",
        f"IP 203.0.113.9 「{URL}」: 404 (Not Found)。DNS",
        # What the other side sent stands behind this error.
        f"「{URL}」: Malformed Status-Line: 「spa.example」「203.0.113.9」",
    ],
)
def test_an_address_that_cannot_be_used_is_no_guess(text: str) -> None:
    """Where it is not sure that AutoSSL names the address, nothing is said."""
    said = [*anchors.english(text), *anchors.reason(text)]
    assert not [each for each in said if "does not exist on this server" in each or "404 (Not Found)" in each]
