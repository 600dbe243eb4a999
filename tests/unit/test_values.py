"""How arguments look in a sentence: moments, durations, lists, counts, quotations, Japanese domain names."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.explain.values import LIST_LENGTH, readable_domain, show

BERLIN, TOKYO, NEW_YORK = "Europe/Berlin", "Asia/Tokyo", "America/New_York"


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


# --- moments


@pytest.mark.parametrize(
    ("at", "zone", "english", "japanese"),
    [
        (utc(2026, 11, 26, 0, 5), TOKYO, "Thu 26 Nov 2026, 09:05 JST", "2026年11月26日(木) 09:05(JST)"),
        (utc(2026, 12, 31, 15, 0), TOKYO, "Fri 1 Jan 2027, 00:00 JST", "2027年1月1日(金) 00:00(JST)"),
        (utc(2026, 11, 22, 12, 30), "UTC", "Sun 22 Nov 2026, 12:30 UTC", "2026年11月22日(日) 12:30(UTC)"),
        (utc(2026, 7, 1, 4, 0), NEW_YORK, "Wed 1 Jul 2026, 00:00 EDT", "2026年7月1日(水) 00:00(EDT)"),
        (utc(2026, 12, 1, 4, 0), NEW_YORK, "Mon 30 Nov 2026, 23:00 EST", "2026年11月30日(月) 23:00(EST)"),
    ],
)
def test_a_moment_is_shown_in_its_zone(at: datetime, zone: str, english: str, japanese: str) -> None:
    """A point in time stands in the local time of the named zone, with its weekday and the zone's name."""
    assert show(at, "moment", "en", zone) == english
    assert show(at, "moment", "ja", zone) == japanese


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """When the clocks go back, the zone's name says which of the two equal local times is meant."""
    first, second = utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)
    assert show(first, "moment", "en", BERLIN) == "Sun 25 Oct 2026, 02:30 CEST"
    assert show(second, "moment", "en", BERLIN) == "Sun 25 Oct 2026, 02:30 CET"
    assert show(first, "moment", "ja", BERLIN) != show(second, "moment", "ja", BERLIN)


def test_the_hour_that_is_left_out_is_never_shown() -> None:
    """When the clocks go forward, the minute after 01:59 is 03:00."""
    assert show(utc(2026, 3, 29, 0, 59), "moment", "en", BERLIN) == "Sun 29 Mar 2026, 01:59 CET"
    assert show(utc(2026, 3, 29, 1, 0), "moment", "en", BERLIN) == "Sun 29 Mar 2026, 03:00 CEST"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.sampled_from([BERLIN, TOKYO, NEW_YORK, "UTC"]))  # noqa: DTZ001 - hypothesis adds the zone itself
def test_a_moment_does_not_depend_on_the_zone_it_came_in(naive: datetime, zone: str) -> None:
    """The same point in time is shown alike, whichever zone its value carries."""
    at = naive.replace(tzinfo=UTC)
    assert show(at.astimezone(ZoneInfo(NEW_YORK)), "moment", "en", zone) == show(at, "moment", "en", zone)


# --- durations and counts


@pytest.mark.parametrize(
    ("span", "english", "japanese"),
    [
        (timedelta(0), "1 minute", "1 分"),
        (timedelta(seconds=59), "1 minute", "1 分"),
        (timedelta(minutes=1, seconds=59), "1 minute", "1 分"),
        (timedelta(minutes=2), "2 minutes", "2 分"),
        (timedelta(minutes=119, seconds=59), "119 minutes", "119 分"),
        (timedelta(hours=2), "2 hours", "2 時間"),
        (timedelta(hours=3, minutes=59), "3 hours", "3 時間"),
        (timedelta(hours=47, minutes=59), "47 hours", "47 時間"),
        (timedelta(days=2), "2 days", "2 日"),
        (timedelta(days=8, hours=23), "8 days", "8 日"),
        (timedelta(minutes=-5), "1 minute", "1 分"),
    ],
)
def test_a_duration_has_one_unit_and_is_rounded_down(span: timedelta, english: str, japanese: str) -> None:
    """A duration stands in its largest sensible unit, never longer than it was, and never below a minute."""
    assert show(span, "duration", "en", "UTC") == english
    assert show(span, "duration", "ja", "UTC") == japanese


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (7, "7"), (1000, "1,000"), (1234567, "1,234,567")])
def test_a_count_is_grouped(count: int, shown: str) -> None:
    """A large number is grouped in threes, the same in both languages."""
    assert show(count, "count", "en", "UTC") == show(count, "count", "ja", "UTC") == shown


# --- lists


@pytest.mark.parametrize(
    ("count", "english", "japanese"),
    [
        (1, "a.jp", "a.jp"),
        (2, "a.jp and b.jp", "a.jp、b.jp"),
        (3, "a.jp, b.jp and c.jp", "a.jp、b.jp、c.jp"),
        (5, "a.jp, b.jp, c.jp, d.jp and e.jp", "a.jp、b.jp、c.jp、d.jp、e.jp"),
        (6, "a.jp, b.jp, c.jp, d.jp, e.jp and 1 more", "a.jp、b.jp、c.jp、d.jp、e.jp、ほか 1 件"),
        (9, "a.jp, b.jp, c.jp, d.jp, e.jp and 4 more", "a.jp、b.jp、c.jp、d.jp、e.jp、ほか 4 件"),
    ],
)
def test_a_list_of_names_reads_as_a_sentence(count: int, english: str, japanese: str) -> None:
    """Up to five names are all said; of a longer list the first five and how many more there are."""
    values = tuple(f"{letter}.jp" for letter in "abcdefghi"[:count])
    assert show(values, "domains", "en", "UTC") == english
    assert show(values, "domains", "ja", "UTC") == japanese


@given(st.integers(1, 400))
def test_no_name_of_a_list_is_lost(count: int) -> None:
    """The names that are said and the number of the others together are the whole list."""
    values = tuple(f"name{number}.example" for number in range(count))
    shown = show(values, "domains", "en", "UTC")
    rest = int(shown.split(" and ")[-1].removesuffix(" more")) if shown.endswith(" more") else 0
    assert sum(value in shown.replace(",", " ").split() for value in values) + rest == count
    assert count - rest == min(count, LIST_LENGTH)


def test_japanese_names_of_a_list_are_shown_in_japanese() -> None:
    """Each name of a list is judged for itself."""
    values = ("xn--0tr60n6o2b.example", "xn--paypl-7ve.com", "shop.example")
    assert show(values, "domains", "en", "UTC") == "和菓子.example, xn--paypl-7ve.com and shop.example"


# --- words of others


@pytest.mark.parametrize(
    "words",
    [
        "404 (Not Found)",
        '{"error": 1}',
        "{site}",
    ],
)
def test_a_quotation_stands_in_the_marks_of_its_language(words: str) -> None:
    """The words of a log or a server are quoted by the renderer."""
    assert show(words, "quote", "en", "UTC") == f"“{words}”"
    assert show(words, "quote", "ja", "UTC") == f"「{words}」"


@pytest.mark.parametrize("kind", ["domain", "text", "url", "quote", "ip"])
@pytest.mark.parametrize("hostile", ["a\nb", "a\r\n\tb", "a\u2028b", "a\x85\x0bb", "  a \n\n b "])
def test_words_of_others_stay_on_one_line(kind: str, hostile: str) -> None:
    """Line breaks and tabs of every kind become one space, so that nothing can look like a line of ours."""
    shown = show(hostile, kind, "en", "UTC")
    assert shown.strip("“”") == "a b"


def test_a_url_is_shown_as_it_is() -> None:
    """An address is for copying: its domain is not translated."""
    url = "http://xn--0tr60n6o2b.example/.well-known/acme-challenge/TOKEN"
    assert show(url, "url", "ja", "UTC") == url


@pytest.mark.parametrize("kind", ["text", "ip", "quote"])
def test_only_domains_are_put_into_japanese(kind: str) -> None:
    """Names, addresses and quotations keep what looks like punycode."""
    assert "xn--0tr60n6o2b" in show("xn--0tr60n6o2b", kind, "ja", "UTC")


# --- Japanese domain names


@pytest.mark.parametrize(
    "name",
    [
        "和菓子.example",
        "mail.和菓子.example",
        "*.和菓子.example",
        "さくら.example",
        "カフェ・バー.example",
        "コーヒー.jp",
        "みずほ銀行.jp",
        "メール.日本",
        "日本酒2.example",
        "佐々木.example",
        "〆切.example",
    ],
)
def test_a_japanese_domain_is_shown_in_japanese(name: str) -> None:
    """Kana, ideographs and plain letters or digits are shown as people write them."""
    stored = name.encode("idna").decode("ascii")
    assert stored != name
    assert readable_domain(stored) == name
    assert show(stored, "domain", "ja", "UTC") == show(stored, "domain", "en", "UTC") == name


@pytest.mark.parametrize(
    "name",
    [
        "paypаl.com",  # the second a is Cyrillic
        "аррӏе.com",  # Cyrillic all through
        "日本аб.example",  # Japanese and Cyrillic
        "日本한.example",  # Japanese and Korean
        "münchen.example",
        "한국.example",
        "ελλάδα.example",
    ],
)
def test_other_scripts_and_mixtures_stay_in_ascii(name: str) -> None:
    """What could pass for another name, or is not Japanese, is shown in its xn-- form."""
    stored = name.encode("idna").decode("ascii")
    assert readable_domain(stored) == stored


@pytest.mark.parametrize(
    "name",
    [
        "exampleノlogin.example",  # looks like example/login
        "shopー.example",  # a hyphen that is none
        "my一shop.example",
        "shop・example.example",
        "faceb〇〇k.example",
        "k二ss.example",
        "1ー2.example",
        "shopへ.example",
        "pay口pal.example",
        "shop゠a.example",
        "日本酒aノb.example",  # the Japanese before it does not help
        "ー.example",
        "一.example",
        "・・.example",
        "和菓子.shopノa.example",
    ],
)
def test_signs_that_pass_for_latin_stay_in_ascii(name: str) -> None:
    """A Japanese sign beside Latin letters is shown only where another sign makes plain that it is Japanese."""
    stored = name.encode("idna").decode("ascii")
    assert stored != name
    assert readable_domain(stored) == stored
    assert stored in show((stored,), "domains", "ja", "UTC")


@pytest.mark.parametrize(
    "name", ["ハロー.example", "一番.example", "ノート.example", "一番shop.example", "tokyoのカフェ.example"]
)
def test_plain_japanese_keeps_its_strokes(name: str) -> None:
    """The same signs are shown where they stand in a Japanese word."""
    assert readable_domain(name.encode("idna").decode("ascii")) == name


def test_one_foreign_label_keeps_the_whole_name_in_ascii() -> None:
    """A Japanese label does not vouch for its neighbour."""
    stored = "和菓子.paypаl.com".encode("idna").decode("ascii")
    assert readable_domain(stored) == stored


@pytest.mark.parametrize(
    "name",
    [
        "shop.example",
        "xn--",
        "xn--.example",
        "xn--a-.example",
        "xn--zzzzzzzz99999.example",
        f"xn--{'a' * 80}.example",
        "a..xn--0tr60n6o2b",
        "x_n--0tr60n6o2b.example",
        "和菓子.xn--0tr60n6o2b",
        "",
    ],
)
def test_what_does_not_round_trip_stays_as_it_is(name: str) -> None:
    """Broken punycode, empty labels and names that are no names are shown unchanged."""
    assert readable_domain(name) == name


@given(st.text(max_size=40))
def test_any_label_is_shown_or_left_alone(label: str) -> None:
    """No text behind xn-- breaks the sentence; what is shown in Japanese leads back to the same name."""
    name = f"xn--{label}.example"
    shown = readable_domain(name)
    if shown != name:
        assert shown.encode("idna").decode("ascii") == name
