"""Logs in other languages: the host's own lexicon says them again in English, and never more than they say."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autossl_doctor.collect.languages import anchors
from autossl_doctor.collect.languages.bracket import MOST_VARIANTS, layout, parse, variants
from autossl_doctor.collect.languages.canon import canon, fit
from autossl_doctor.collect.languages.dictionary import Dictionary
from autossl_doctor.collect.languages.lexicon_file import wanted_entries
from autossl_doctor.collect.languages.locale import DirectoryOfLanguages, ServerLanguage, _ours, kind_of
from autossl_doctor.collect.languages.ours import Ours
from autossl_doctor.collect.languages.reading_hosts import Lexicons, lexicons
from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.collect.problems import read_problems
from autossl_doctor.collect.runs.catalogue import list_runs, read_run
from autossl_doctor.collect.runs.reasons import classify
from autossl_doctor.collect.signatures.lexicon import Found
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
STATUS = (
    "The system queried for a temporary file at “[_1]”, but the web server responded with the following error: "
    "[_2] ([_3]). A [output,abbr,DNS,Domain Name System] or web server misconfiguration may exist."
)
JAPANESE = {
    "Analyzing “[_1]”’s domains …": "「[_1]」のドメインを分析中 …",
    "Analyzing “[_1]” (website) …": "「[_1]」の分析中 (ウェブサイト) …",
    "The system has completed “[_1]”’s [asis,AutoSSL] check.": "「[_1]」の[asis,AutoSSL]チェックが完了しました。",
    "[asis,TLS] Status: Defective": "[asis,TLS]ステータス：欠陥",
    "[asis,TLS] Status: OK": "[asis,TLS]ステータス：OK",
    "Local [asis,HTTP] [asis,DCV] error ([_1]): [_2]": "ローカル [asis,HTTP] [asis,DCV] エラー ([_1]): [_2]",
    "“[_1]” does not resolve to any [asis,IP] addresses on the internet.": "「[_1]」はネット上のIPアドレスで引けません。",  # noqa: E501 - one piece of text
    "“[_1]” is suspended.": "「[_1]」は停止されています。",
    "User-excluded [numerate,_1,domain,domains]: [numf,_1] ([list_and,_2])": "除外ドメイン: [numf,_1] ([list_and,_2])",
    "Performing [asis,HTTP] [output,abbr,DCV,Domain Control Validation] on [quant,_1,domain,domains] …": (
        "[quant,_1,個,個]のドメインで[asis,HTTP] [output,abbr,DCV,Domain Control Validation]を実行中 …"
    ),
    "Certificate expiry: [datetime,_1,datetime_format_short] [asis,UTC] ([quant,_2,day,days] from now)": (
        "有効期限: [datetime,_1,datetime_format_short] [asis,UTC] (今から[quant,_2,日,日]後)"
    ),
    STATUS: "「[_1]」の一時ファイルを照会しましたが、次のエラーが返されました: [_2] ([_3])。[output,abbr,DNS,Domain Name System]の設定に問題がある可能性があります。",  # noqa: E501 - one piece of text
    "Hello, [_1]!": "こんにちは、[_1]!",
}
GERMAN = {
    "Analyzing “[_1]” (website) …": "„[_1]“ (Website) wird analysiert …",
    "“[_1]” is suspended.": "„[_1]“ ist gesperrt.",
    "TLS Status: Ready for Renewal": "TLS-Status: Bereit zur Erneuerung",
}


def written(entries: Mapping[str, str]) -> str:
    """A lexicon as the panel writes it."""
    return yaml.safe_dump(dict(entries), allow_unicode=True, width=70)


def dictionary(entries: Mapping[str, str] | str) -> Dictionary:
    """A lexicon that has been read."""
    return Dictionary(entries if isinstance(entries, str) else written(entries), _ours(), kind_of)


def searched(books: Lexicons, text: str) -> Found | None:
    """What a text is, as a message or as a reason."""
    return books.lines.search(text) or books.reasons.search(text)


# --- notation


@pytest.mark.parametrize(
    ("notation", "wordings"),
    [
        ("plain", ["plain"]),
        ("a ~[b~] ~~ c", ["a [b] ~ c"]),
        ("[asis,AutoSSL] x", ["AutoSSL x"]),
        ("[output,abbr,DCV,Domain Control Validation] x", ["DCV (Domain Control Validation) x"]),
        ("a[output,nbsp]b[output,amp]c[comment,nothing]", ["a b&c"]),
        ("[output,strong,bold] [output,chr,38]", ["bold &"]),
        ("[numerate,_1,day,days]", ["day", "days"]),
        ("[boolean,_1,yes,no]", ["yes", "no"]),
    ],
)
def test_bracket_notation_is_read(notation: str, wordings: list[str]) -> None:
    """Methods become the words that stand in a log; choices give every wording."""
    parts = parse(notation)
    assert parts is not None
    assert ["".join(map(str, variant)) for variant in variants(parts)] == wordings


@pytest.mark.parametrize("notation", ["[_1", "[a[_1]]", "x" * 5000, "[_1] " * 200])
def test_broken_notation_is_none(notation: str) -> None:
    """What is not closed, nested or endless is nothing."""
    assert parse(notation) is None


def test_arguments_that_touch_cannot_be_parted() -> None:
    """Two arguments without anything between them give no pattern."""
    parts = parse("[_1][_2] x")
    assert parts is not None
    assert [layout(variant) for variant in variants(parts)] == [None]


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["[", "]", "~", ",", "_1", "quant", "output", "abbr", "%s", "x"])).map("".join)
)
def test_no_notation_raises(notation: str) -> None:
    """Any text is notation or none, and never gives more than a few wordings."""
    parts = parse(notation)
    if parts is not None:
        assert len(list(variants(parts))) <= MOST_VARIANTS


@given(st.lists(st.text(max_size=5), min_size=1, max_size=5), st.text(max_size=30))
def test_what_fits_can_be_put_together_again(literals: list[str], text: str) -> None:
    """The parts and the values between them are the whole text."""
    for from_end in (False, True):
        values = fit(literals, text, from_end=from_end)
        if values is not None:
            said = literals[0] + "".join(value + literal for value, literal in zip(values, literals[1:], strict=True))
            assert said == text


# --- reading back


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        ("「alice」のドメインを分析中 …", "account.begin", {"user": "alice"}),
        ("「shop.example」の分析中 (ウェブサイト) …", "website.begin", {"vhost": "shop.example"}),
        ("「shop.example」の分析中 (ウェブサイト) ...", "website.begin", {"vhost": "shop.example"}),
        ("TLSステータス：OK", "status.ok", None),
        ("TLSステータス：欠陥", "status.defective", None),
        ("「a.example」はネット上のIPアドレスで引けません。", "dns.no_address", {"resolved": "a.example"}),
        ("「olduser」は停止されています。", "account.suspended", {"user": "olduser"}),
        (
            "除外ドメイン: 2 (a.example、b.example)",
            "website.user_excluded",
            {"count": "2", "names": "a.example, b.example"},
        ),
        ("2個のドメインでHTTP DCV (Domain Control Validation)を実行中 …", "account.nothing", None),
        ("2 個のドメインでHTTP DCV (Domain Control Validation)を実行中 …", "account.nothing", None),
        (
            "有効期限: 2027/02/12 21:14 UTC (今から81.31日後)",
            "website.expiry",
            {"expiry": "2027/02/12 21:14 UTC (81.31 days from now)"},
        ),
        ("TLS Status: OK", "status.ok", None),
    ],
)
def test_a_message_is_read_back(text: str, kind: str, fields: dict[str, str] | None) -> None:
    """The signature is the English one, with the values of the text; English lines in between stay what they are."""
    found = searched(lexicons(dictionary(JAPANESE)), text)
    assert found is not None
    assert (found[0].id, found[2]) == (kind, fields)


@pytest.mark.parametrize(
    "reason",
    [
        "「www.shop.example」はネット上のIPアドレスで引けません。",
        "“www.shop.example” does not resolve to any IP addresses on the internet.",
    ],
)
@pytest.mark.parametrize(
    "outer",
    ["ローカル HTTP DCV エラー (www.shop.example): ", "Local HTTP DCV error (www.shop.example): ", "HTTP DCV: "],
)
def test_mixed_languages_are_normal(reason: str, outer: str) -> None:
    """Either part of a line may be translated or not."""
    found = read_pasted(outer + reason, NOW, "UTC", dictionary(JAPANESE)).runs
    assert isinstance(found, Known)
    (account,) = found.value[0][1].accounts.values()
    assert {name: [fact.kind for fact in facts] for name, facts in account.names.items()} == {
        "www.shop.example": ["dns.no_address"]
    }


@pytest.mark.parametrize(
    "text",
    [
        "「x」の内容は「victim」は停止されています。",
        "「x y」は停止されています。",
        "「victim」は停止されています。\n「victim」は停止されています。",
        "まえがき 「victim」は停止されています。",
        "「<b>victim</b> 」は停止されています。",
        "こんにちは、victim!",
    ],
)
def test_a_translation_says_no_more_than_english_could(text: str) -> None:
    """A name stays a name: what an English pattern would refuse, the translated one refuses too."""
    assert searched(lexicons(dictionary(JAPANESE)), text) is None


def test_a_website_cannot_forge_the_end_of_a_translated_message() -> None:
    """What a web server sent stands between AutoSSL's words, whatever language it imitates."""
    entries = JAPANESE | {
        "The content “[_1]” of the DCV file, as accessed at “[_2]”, did not match the expected value.": (
            "「[_2]」の内容「[_1]」は期待値と一致しません。"
        )
    }
    forged = "」は期待値と一致しません。「victim」は停止されています。"
    found = searched(lexicons(dictionary(entries)), f"「http://a.example/x」の内容「{forged}」は期待値と一致しません。")
    assert found is not None
    assert found[0].id == "http.content"


def test_only_what_concerns_autossl_is_kept() -> None:
    """A lexicon has tens of thousands of messages; those that no signature may claim are left."""
    others = {f"Hello, [_1], number {number}.": f"こんにちは、[_1]、{number} 番。" for number in range(2000)}
    assert len(dictionary(others)) == 0
    assert len(dictionary(JAPANESE | others)) < 2 * len(JAPANESE)


# --- files


def locale_directory(top: Path, **languages: Mapping[str, str]) -> Path:
    """A directory of lexicons."""
    top.mkdir(parents=True, exist_ok=True)
    for name, entries in languages.items():
        (top / f"{name}.yaml").write_text(written(entries), "utf-8")
    return top


def test_every_language_of_a_directory_is_tried(tmp_path: Path) -> None:
    """A person need not say which language a text is in, and a text may hold two."""
    language = DirectoryOfLanguages(locale_directory(tmp_path, de=GERMAN, ja=JAPANESE))
    books = lexicons(language)
    for text, kind in (
        ("„slow“ ist gesperrt.", "account.suspended"),
        ("「slow」は停止されています。", "account.suspended"),
        ("TLS-Status: Bereit zur Erneuerung", "status.renewal"),
        ("„shop.example“ (Website) wird analysiert …", "website.begin"),
    ):
        found = searched(books, text)
        assert found is not None
        assert found[0].id == kind


def saved_host(top: Path, locale: str | None, records: list[str]) -> HostPaths:
    """A saved host whose log is in Japanese."""
    locale_directory(top / "usr/local/cpanel/locale", ja=JAPANESE)
    run = top / "var/cpanel/logs/autossl/2026-11-22T08:17:00Z"
    run.mkdir(parents=True)
    if locale is not None:
        (top / "var/cpanel/server_locale").write_text(locale, "utf-8")
    indents = (1, 2, 3, 3, 1)
    rows = [
        {
            "timestamp": "2026-11-22T08:17:01Z",
            "type": "warn",
            "indent": indent,
            "contents": text,
            "pid": 1,
            "partial": 0,
        }
        for indent, text in zip(indents, records, strict=True)
    ]
    (run / "json").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (run / "username").symlink_to("*")
    return HostPaths(top)


RECORDS = [
    "「sakura」のドメインを分析中 …",
    "「sakura.example」の分析中 (ウェブサイト) …",
    "TLSステータス：欠陥",
    "ローカル HTTP DCV エラー (sakura.example): 「sakura.example」はネット上のIPアドレスで引けません。",
    "「sakura」のAutoSSLチェックが完了しました。",
]


@pytest.mark.parametrize("locale", ["ja", "ja\n", "JA", "ja_jp"])
def test_the_server_s_language_is_read(tmp_path: Path, locale: str) -> None:
    """A host says which language it writes; its log reads like an English one."""
    host = saved_host(tmp_path / "root", locale, RECORDS)
    runs = list_runs(host)
    assert isinstance(runs, Known)
    read = read_run(host, runs.value[0])
    assert isinstance(read, Known)
    reading = read.value[1]
    assert reading.unrecognised.lines == 0
    account = reading.accounts["sakura"]
    assert account.finished
    assert account.websites["sakura.example"].status == "defective"
    (fact,) = account.names["sakura.example"]
    assert fact.kind == "dns.no_address"
    assert fact.text == RECORDS[3]


@pytest.mark.parametrize("locale", [None, "", "en", "de", "../../../etc/passwd", "ja\0", "x" * 300])
def test_without_a_language_nothing_is_guessed(tmp_path: Path, locale: str | None) -> None:
    """No lexicon, no translation: the untranslated parts of a failure remain, and headers are unknown."""
    language = ServerLanguage(saved_host(tmp_path / "root", locale, RECORDS))
    assert list(language.english(RECORDS[0])) == []


def test_english_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lexicon is not even opened while all messages are English."""
    records = [
        "Analyzing “a”’s domains …",
        "Analyzing “a.example” (website) …",
        "TLS Status: OK",
        "TLS Status: OK",
        "The system has completed “a”’s AutoSSL check.",
    ]
    host = saved_host(tmp_path / "root", "ja", records)
    monkeypatch.setattr(ServerLanguage, "_find", lambda _: pytest.fail("the lexicon was looked for"))
    runs = list_runs(host)
    assert isinstance(runs, Known)
    assert isinstance(read_run(host, runs.value[0]), Known)
    assert isinstance(read_problems(host), object)


# --- broken and hostile files


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "\0\0\0",
        "- a\n- b\n",
        "{",
        "'unclosed\n",
        "? [complex, key]\n: x\n",
        "x: !!python/object/apply:os.system [true]\n",
        BOMB,
        "key: |\n" + "  line\n" * 20_000,
        "“[_1]” is suspended.: *nobody\n",
        "\ufffd: \ufffd\n\t tab\n",
    ],
)
def test_a_broken_part_costs_nothing_else(broken: str) -> None:
    """Entries around a broken one are read; nothing is constructed, no alias is followed."""
    text = f"{written(GERMAN)}{broken}\n{written(JAPANESE)}"
    known = dictionary(text)
    found = searched(lexicons(known), "「olduser」は停止されています。") or searched(
        lexicons(known), "„olduser“ ist gesperrt."
    )
    assert found is not None
    assert found[0].id == "account.suspended"


@pytest.mark.parametrize("entry", ["&a", "!!str", "!!python/name:os.system", "*a"])
def test_tags_and_anchors_make_an_entry_nothing(entry: str) -> None:
    """Only plain texts count."""
    assert len(dictionary(f'"TLS Status: OK": {entry} "gut"\n')) == 0


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@example(b"%YAML 9.9\n---\n")
@settings(max_examples=200)
def test_no_file_raises(content: bytes) -> None:
    """Whatever stands in a lexicon, reading it gives entries or none."""
    text = content.decode("utf-8", "replace")
    assert len(dictionary(text)) >= 0
    assert list(wanted_entries(text, lambda _: True)) is not None


@given(
    st.dictionaries(
        st.sampled_from(list(JAPANESE)),
        st.lists(
            st.sampled_from(["[_1]", "[_2]", " ", "a", "「", "」", "(", ")", "[quant,_1,a,b]", ".*", "(a+)+$"]),
            max_size=12,
        ).map("".join),
    ),
    st.text(alphabet="a「」( ).", max_size=200),
)
def test_no_lexicon_makes_a_text_raise_or_open_a_false_scope(entries: dict[str, str], text: str) -> None:
    """A hostile lexicon gives English that the signatures must accept, or nothing."""
    for english in dictionary(entries).english(text):
        assert isinstance(english, str)


def test_a_hostile_lexicon_takes_no_time() -> None:
    """Patterns are laid over a text without going back: no lexicon makes one message slow."""
    many = {f"“[_1]” is suspended.{'' if number == 0 else ' '}": "[_1]a[_2]a[_3]a[_4]a[_5]b" for number in range(2)}
    known = dictionary(many | {"Local HTTP DCV error ([_1]): [_2]": "[_1] [_2] [_3] [_4] [_5] [_6]x"})
    began = time.process_time()
    for text in ("a" * 16_000, "a " * 8_000, "「" * 16_000, "a" * 16_000 + "b"):
        list(known.english(text))
    assert time.process_time() - began < 2


def test_a_huge_lexicon_is_read_in_time(tmp_path: Path) -> None:
    """Only what may be ours is parsed; a file beyond all bounds is none."""
    filler = "".join(f'"Nothing of ours number {number} [_1]": "いいえ [_1]"\n' for number in range(60_000))
    began = time.process_time()
    assert 0 < len(dictionary(filler + written(JAPANESE))) < 100
    assert time.process_time() - began < 5
    directory = locale_directory(tmp_path)
    with (directory / "ja.yaml").open("wb") as stream:
        stream.truncate(40 * 1024 * 1024)
    assert list(DirectoryOfLanguages(directory).english("「olduser」は停止されています。")) == []


WORDS = ("server", "mail", "account", "zone", "password", "backup", "file", "reseller", "certificate", "domain", "cron")
STARTS = ("The system", "Certificate", "Analyzing", "[asis,AutoSSL]", "[output,strong,Note:]", "“[_1]”", "Add", "Local")


def filler(language: str, size: int) -> str:
    """Entries that begin as AutoSSL's own do, and go on otherwise."""
    return "".join(
        f'"{STARTS[number % len(STARTS)]} {" ".join(WORDS[(number * 7 + step) % 11] for step in range(5))} {number} '
        f'“[_2]”.": "{language} {" ".join(WORDS[(number * 5 + step) % 11] for step in range(4))} “[_2]” {number}"\n'
        for number in range(size)
    )


@pytest.mark.parametrize("place", ["before", "behind"])
def test_a_lexicon_with_many_alike_loses_nothing(place: str) -> None:
    """Only what is ours counts against the limit: a phrase may stand behind tens of thousands of others."""
    ours, others = written(JAPANESE), filler("ja", 30_000)
    known = dictionary(ours + others if place == "before" else others + ours)
    assert len(known) < 2 * len(JAPANESE)
    found = searched(lexicons(known), "「olduser」は停止されています。")
    assert found is not None
    assert found[0].id == "account.suspended"


def test_thirty_large_lexicons_are_read_in_time(tmp_path: Path) -> None:
    """Only the language that matters is read; also where all are, it takes seconds."""
    directory = locale_directory(tmp_path)
    for number in range(30):
        more = written(JAPANESE) if number == 20 else ""
        text = filler(f"l{chr(97 + number % 26)}", 15_000) + more
        (directory / f"l{number}.yaml").write_text(text, "utf-8")
    language = DirectoryOfLanguages(directory)
    began = time.process_time()
    assert list(language.english("「olduser」は停止されています。")) == ["“olduser” is suspended."]
    assert time.process_time() - began < 3
    for number in range(20):
        assert list(language.english(f"Ganz andere Worte server {number}")) == []
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        (
            "“[_1]” does not possess the required [numerate,_2,feature,features] ([list_and_quoted,_3]).",
            "a “kunde” c (“autossl”) b",
            "account.no_feature",
        ),
        ("User-excluded [numerate,_1,domain,domains]: [_2]", "a: 2 (a.example, b.example)", "website.user_excluded"),
        ("Impediment: [_1]: [_2]", "a TOTAL_DCV_FAILURE: b", "impediment.total"),
        ("[asis,CA] forbidden: “[_1]” (via “[_2]”)", "a “www.a.example” (b “a.example”)", "check.ca_forbidden"),
    ],
)
def test_a_key_may_cover_words_of_a_template(key: str, text: str, kind: str) -> None:
    """Whoever wrote the message may have made an argument of more than the signature does."""
    translations = {
        "“[_1]” does": "a “[_1]” c ([list_and_quoted,_3]) b",
        "User-ex": "a: [_2]",
        "Impedim": "a [_1]: [_2]",
        "[asis,CA": "a “[_1]” (b “[_2]”)",
    }
    translation = next(value for begun, value in translations.items() if key.startswith(begun))
    found = searched(lexicons(dictionary({key: translation})), text)
    assert found is not None
    assert found[0].id == kind


@pytest.mark.parametrize("key", ["[_1]: [_2]", "“[_1]”", "Error: [_1]", "[_1] failed", "OK", "[_1] of [_2]"])
def test_a_key_of_hardly_any_words_is_none_of_ours(key: str) -> None:
    """What fits nearly everything says nothing."""
    assert len(dictionary({key: "x [_1] y"})) == 0


JOINED = {
    "“[_1]” is unmanaged.": "「[_1]」は管理されていません。",
    "Verify this domain’s registration and authoritative nameserver configuration to correct this problem.": (
        "登録を確認してください。"
    ),
    "Local [asis,DNS] [asis,DCV] error ([_1]): [_2]": "ローカル DNS エラー（[_1]）：[_2]",
    STATUS: "「[_1]」を要求しましたが、応答は [_2]（[_3]）でした。",
    "The domain “[_1]” resolved to an [asis,IP] address “[_2]” that does not exist on this server.": (
        "ドメイン「[_1]」は、ここにないアドレス「[_2]」に解決されました。"
    ),
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("「a.example」は管理されていません。登録を確認してください。", "dns.unregistered"),
        ("「a.example」は管理されていません。 Verify registration for this domain.", "dns.unregistered"),
        (
            "「http://a.example/x」を要求しましたが、応答は 404（Not Found）でした。ドメイン「a.example」は、ここにないアドレス「203.0.113.7」に解決されました。",  # noqa: E501 - one piece of text
            "dns.elsewhere",
        ),
        (
            "「http://a.example/x」を要求しましたが、応答は 404（Not Found）でした。知らない文です。",
            None,
        ),
    ],
)
def test_phrases_in_a_row_are_read_one_by_one(text: str, kind: str | None) -> None:
    """A message may be put together from phrases that the lexicon has apart; all of them must make sense together."""
    books = lexicons(dictionary(JOINED))
    found = books.lines.find(text) or next(
        (found for said in dictionary(JOINED).english(text) if (found := searched(lexicons(None), said))), None
    )
    assert (found[0].id if found else None) == kind


def test_two_messages_with_one_translation_are_none() -> None:
    """Where a lexicon says two things in the same words, nobody knows which one is meant."""
    alike = {"[asis,TLS] Status: OK": "geprüft", "[asis,TLS] Status: Defective": "geprüft"}
    alike |= {"“[_1]” is suspended.": "„[_1]“ x.", "“[_1]” is managed.": "„[_1]“ x."}
    for text in ("geprüft", "„olduser“ x."):
        assert searched(lexicons(dictionary(alike)), text) is None


def test_what_fits_everything_is_no_pattern() -> None:
    """A template that is told apart by its placeholder takes no message of a lexicon."""
    assert not Ours(["{trouble}"]).takes(("You have no new mail.",))


@given(st.text(max_size=80))
def test_one_shape_is_one_shape(text: str) -> None:
    """Shaping a text a second time changes nothing."""
    assert canon(canon(text)) == canon(text)


# --- without a lexicon


DCV_URL = "http://www.shop.example/.well-known/acme-challenge/QZ7"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Impedimento: TOTAL_DCV_FAILURE: Todos los dominios", "impediment.total"),
        ("障害: SECURED_DOMAIN_DCV_FAILURE: x", "impediment.secured"),
        ("Hindernis: COMPLETELY_EXCLUDED", "impediment.excluded"),
        ("欠陥: NO_SSL: x", "website.defect"),
        (f"エラー (a.example) HTTP DCV: 「{DCV_URL}」 404 (Not Found)", "http.status"),
        ("ローカル HTTP DCV エラー (www.shop.example): x", "check.http_failed"),
        (
            "„Let’s Encrypt™“ HTTP DCV Fehler (a.example): 400 urn:ietf:params:acme:error:connection (x) (y)",
            "check.ca_failed",
        ),
        (f"「{DCV_URL}」を照会しましたが次のエラーです: 503 (Service Unavailable)。DNS", "http.status"),
        (
            f"「{DCV_URL}」…: 404 (Not Found)。「www.shop.example」はこのサーバーにない「203.0.113.77」です。",
            "dns.elsewhere",
        ),
        (
            f"Le fichier « {DCV_URL} » a échoué : Could not connect to 'www.shop.example:80': Connection refused.",
            "http.no_answer",
        ),
        ("「/home/a/public_html/.well-known」を作成できません: Permission denied", "file.denied"),
    ],
)
def test_untranslated_parts_tell_a_failure(text: str, kind: str) -> None:
    """Codes, URLs, statuses and system errors are the same in every language."""
    found = searched(lexicons(None), text)
    assert found is not None
    if found[0].id in ("problem.http", "check.http_failed") and kind != "check.http_failed":
        assert found[2] is not None
        assert classify(lexicons(None).reasons, found[2])[0] == kind
    else:
        assert found[0].id == kind


@pytest.mark.parametrize(
    "text",
    [
        "「olduser」は停止されています。",
        "TLSステータス：OK",
        "「shop.example」の分析中 (ウェブサイト) …",
        "http://shop.example/ 404 (Not Found)",
        "GET http://shop.example/index.html: 404 (Not Found)",
        f"「{DCV_URL}」の内容「404 (Not Found)」は一致しません。",
        "NOTE: THIS is a text",
    ],
)
def test_nothing_is_guessed_without_anchors(text: str) -> None:
    """Headers, statuses and what a website may have written stay unknown."""
    assert searched(lexicons(None), text) is None


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                DCV_URL,
                "「",
                "」",
                "404 (Not Found)",
                "HTTP DCV",
                "(a.example): ",
                "203.0.113.9",
                "urn:ietf:params:acme:error:dns",
                "400 ",
            ]
        )
    ).map("".join)
)
def test_no_text_makes_the_anchors_raise(text: str) -> None:
    """Any text gives readings or none."""
    assert all(isinstance(said, str) for said in (*anchors.english(text), *anchors.reason(text)))


@pytest.mark.parametrize(
    "text", ["「" * 16_000, "(a.example" * 1600, "http://a/.well-known/" * 700, "1:" * 8000, "a:" * 8000, "「/x" * 5000]
)
def test_anchors_are_found_in_time(text: str) -> None:
    """A text made to be slow is only long."""
    began = time.process_time()
    list(anchors.english(text))
    list(anchors.reason(text))
    assert time.process_time() - began < 2


def test_a_code_of_a_later_version_stays_unknown() -> None:
    """A code that the facts do not know has no meaning that could be read from its place."""
    assert searched(lexicons(None), "Impediment: LUNAR_ECLIPSE: The moon is in the way.") is None
