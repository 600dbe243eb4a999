"""Answers of the panel, pasted whole or in part: the same messages as in the log."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from autossl_doctor.collect.envelopes import Answer, is_answer, part
from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.collect.yaml_text import DEEPEST, read_yaml
from autossl_doctor.model.fact import Known
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.log import RunReading

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
NO_ADDRESS = "HTTP DCV: “mail.shop.example” does not resolve to any IP addresses on the internet."
PROBLEM = {
    "domain": "mail.shop.example",
    "problem": f"DNS DCV: No local authority: “mail.shop.example”; {NO_ADDRESS}",
    "time": "2026-11-20T02:17:16Z",
}
UAPI: dict[str, Any] = {
    "apiversion": 3,
    "func": "get_autossl_problems",
    "module": "SSL",
    "result": {"data": [PROBLEM], "errors": None, "messages": None, "metadata": {}, "status": 1, "warnings": None},
}
RECORD = {
    "timestamp": "2026-11-20T02:17:14Z",
    "type": "warn",
    "indent": "3",
    "contents": f"Local HTTP DCV error (mail.shop.example): {NO_ADDRESS[10:]}",
    "pid": 1,
    "partial": 0,
}
WHM: dict[str, Any] = {
    "data": {"payload": [RECORD, {"raw": "torn", "parse_error": "x"}]},
    "metadata": {"command": "get_autossl_log", "reason": "OK", "result": 1, "version": 1},
}


def pasted(text: str) -> HostReading:
    """What a pasted text says."""
    return read_pasted(text, NOW, "UTC")


def reading(text: str) -> RunReading:
    """The one run of a pasted text."""
    runs = pasted(text).runs
    assert isinstance(runs, Known)
    return runs.value[0][1]


def kinds(text: str) -> dict[str, list[str]]:
    """The kinds of failures of each name."""
    accounts = reading(text).accounts.values()
    return {name: [fact.kind for fact in facts] for account in accounts for name, facts in account.names.items()}


FORMS = {
    "json": json.dumps(UAPI),
    "pretty": json.dumps(UAPI, indent=3, ensure_ascii=False),
    "yaml": "---\n" + yaml.safe_dump(UAPI, allow_unicode=True),
    "yaml_escaped": yaml.safe_dump(UAPI),
    "prompt": f"[root@host ~]# uapi --output=jsonpretty --user=alice SSL get_autossl_problems\n{json.dumps(UAPI, indent=2)}\n[root@host ~]# ",  # noqa: E501 - one piece of text
    "prompt_yaml": f"# uapi --user=alice SSL get_autossl_problems\n---\n{yaml.safe_dump(UAPI, allow_unicode=True)}\n# ",
    "over_http": json.dumps(UAPI["result"]),
    "rows": json.dumps([PROBLEM]),
    "row": json.dumps(PROBLEM, indent=1),
    "whm": json.dumps({"data": {"problems_by_domain": [PROBLEM]}, "metadata": {"result": 1}}),
}


@pytest.mark.parametrize("form", FORMS)
def test_recorded_problems_are_read_in_every_form(form: str) -> None:
    """JSON or YAML, with the prompt around it or without its envelope: one name, two reasons."""
    assert kinds(FORMS[form]) == {"mail.shop.example": ["reason.no_authority", "dns.no_address"]}


@pytest.mark.parametrize(
    "text", [json.dumps(WHM), json.dumps(WHM, indent=2), "---\n" + yaml.safe_dump(WHM, allow_unicode=True)]
)
def test_a_log_in_its_envelope_is_read(text: str) -> None:
    """The records of get_autossl_log keep their types; a torn one is counted."""
    assert kinds(text) == {"mail.shop.example": ["dns.no_address"]}
    assert reading(text).unrecognised.lines == 1


def test_the_row_tells_the_name() -> None:
    """A reason that names nothing is about the domain of its row."""
    row = {
        "domain": "Shop.example",
        "problem": "HTTP DCV: Excess DCV HTTP redirection; MASTER DCV: A rate limit prevents DCV.",
    }
    assert set(kinds(json.dumps([row]))) == {"shop.example"}


def test_the_pending_queue_is_read() -> None:
    """One order with a row for each name is one order, with its times."""
    rows = [
        {
            "domain": name,
            "order_item_id": "88120931",
            "request_time": "2026-11-22T20:01:12Z",
            "last_poll_time": "2026-11-22T20:31:12Z",
            "user": "meiko",
            "vhost_name": "meiko.example",
        }
        for name in ("meiko.example", "www.meiko.example")
    ]
    said = reading(json.dumps({"data": {"queue_by_domain": rows}, "metadata": {"result": 1}}))
    facts = [fact for account in said.accounts.values() for site in account.websites.values() for fact in site.facts]
    assert [fact.kind for fact in facts] == ["order.queued", "order.times"]
    assert facts[1].fields["started"] == "November 22, 2026 8:01:12 PM"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            {
                "metadata": {
                    "command": "x",
                    "reason": "The user “cho” does not have the AutoSSL feature enabled.",
                    "result": 0,
                }
            },
            "account.no_feature",
        ),
        ({"result": {"data": None, "errors": ["“cho” is suspended."], "status": 0}}, "account.suspended"),
        (
            {
                "data": {"payload": [{"module_name": "LetsEncrypt", "display_name": "Let’s Encrypt™", "enabled": 0}]},
                "metadata": {"result": 1},
            },
            "run.disabled",
        ),
        (
            {
                "data": {
                    "payload": [
                        {
                            "start_time": "2026-11-20T02:17:04Z",
                            "provider": "LetsEncrypt",
                            "username": "*",
                            "in_progress": 1,
                        }
                    ]
                },
                "metadata": {"result": 1},
            },
            "run.running",
        ),
        ({"func": "is_autossl_check_in_progress", "module": "SSL", "result": {"data": 1, "status": 1}}, "run.running"),
        (
            {"result": {"data": [{"excluded_domain": "a.example"}, {"excluded_domain": "b.example"}], "status": 1}},
            "website.user_excluded",
        ),
        ({"result": {"data": [{"failure_reason": NO_ADDRESS[10:], "redirects": []}], "status": 1}}, "dns.no_address"),
    ],
)
def test_other_answers_say_what_the_log_would(answer: dict[str, Any], kind: str) -> None:
    """Refusals, providers, the catalogue of runs, excluded names and single checks."""
    said = reading(json.dumps(answer))
    found = [fact.kind for fact in said.facts]
    for account in said.accounts.values():
        found += [fact.kind for fact in account.facts]
        found += [fact.kind for site in account.websites.values() for fact in site.facts]
        found += [fact.kind for facts in account.names.values() for fact in facts]
    assert kind in found


def test_an_idle_catalogue_says_nothing() -> None:
    """Runs that have ended tell nothing about a website."""
    rows = [{"start_time": "2026-11-20T02:17:04Z", "provider": "LetsEncrypt", "username": "*", "in_progress": 0}]
    assert reading(json.dumps({"data": {"payload": rows}, "metadata": {"result": 1}})).recognised == 0


@pytest.mark.parametrize(
    "row",
    [
        'mail.shop.example,"{problem}",2026-11-20T02:17:16Z',
        "mail.shop.example|alice|2026-11-20T02:17:16Z|2026-11-20T02:17:16Z|{problem}",
        "mail.shop.example\talice\t{problem}\t2026-11-20T02:17:16Z",
        '"mail.shop.example";"{problem}";"2026-11-20 02:17:16"',
        "mail.shop.example: {problem}",
    ],
)
def test_a_row_of_a_table_is_read(row: str) -> None:
    """What sqlite3, a spreadsheet or a report prints: the name before the problem, cells around it."""
    assert kinds(row.format(problem=PROBLEM["problem"])) == {
        "mail.shop.example": ["reason.no_authority", "dns.no_address"]
    }


@pytest.mark.parametrize(
    "text", ['      "problem": "{problem}",', "      problem: '{problem}'", '   "contents": "{problem}",']
)
def test_a_piece_of_an_answer_is_read(text: str) -> None:
    """A line from the middle of an answer holds a message as well."""
    assert kinds(text.format(problem=NO_ADDRESS)) == {"mail.shop.example": ["dns.no_address"]}


KEY = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEow/IBAAKCAQEA7secret7\nQUJD=\n-----END RSA PRIVATE KEY-----"  # noqa: E501 - one piece of text


@pytest.mark.parametrize(
    "text",
    [
        f"{NO_ADDRESS}\n{KEY}\n",
        KEY.rpartition("\n")[0],
        json.dumps(
            {
                "data": {"components": [{"servername": "a.example", "key": KEY, "certificate": "x"}]},
                "metadata": {"result": 1},
            }
        ),
        json.dumps({"data": {"payload": [{"contents": f"ERROR {KEY}", "type": "error"}]}}),
        yaml.safe_dump({"result": {"data": {"key": KEY, "crt": "x", "errors": [KEY]}}}),
    ],
)
def test_keys_never_come_out_again(text: str) -> None:
    """Whatever form a private key is pasted in, no sample and no evidence holds it."""
    found = pasted(text)
    assert "secret" not in repr(found)
    assert "MIIEow" not in repr(found)


# --- what is none of AutoSSL's business


@pytest.mark.parametrize(
    "text",
    [
        "/usr/local/cpanel/bin/checkallsslcerts --verbose",
        "The system will check for the certificate for the “exim” service.",
        "The “cpanel” service’s certificate will expire in less than 30 days.",
        "[server.example] The SSL certificate for the “dovecot” service has expired.",
        "The hostname certificate of this server is self-signed.",
        "The system will attempt to renew the certificate for the hostname “server.example”.",
        "Undertaking DCV for the server’s hostname; its certificate expires soon.",
        "サーバーのホスト名の証明書の期限が近づいています。",
        "El certificado del servicio exim caduca pronto.",
    ],
)
def test_service_certificates_are_outside(text: str) -> None:
    """Such a text is known, said to be outside, and never judged as a website."""
    found = pasted(text)
    assert found.outside == ("service_certificate",)
    assert found.websites == Known((), "pasted text")
    assert reading(text).recognised == 1


def test_a_check_of_the_panel_s_own_name_is_no_website_s() -> None:
    """Lines that look like those of a website belong to the text around them."""
    text = f"The system will attempt to renew the certificate for the “cpanel” service.\n{NO_ADDRESS}"
    found = pasted(text)
    assert found.outside
    assert found.websites == Known((), "pasted text")


def test_a_log_of_autossl_is_judged_whatever_else_is_in_it() -> None:
    """One line about a service does not hide a website's trouble."""
    text = f"Analyzing “shop.example” (website) …\nTLS Status: Defective\n{NO_ADDRESS}\nchecking the certificate for the “exim” service"  # noqa: E501 - one piece of text
    found = pasted(text)
    assert found.outside
    assert isinstance(found.websites, Known)
    assert [site.name for site in found.websites.value] == ["shop.example"]


@pytest.mark.parametrize(
    "text",
    [
        "TLS Status: Defective",
        NO_ADDRESS,
        "Local HTTP DCV error (cpanel.shop.example): “cpanel.shop.example” does not resolve to any IP addresses on the internet.",  # noqa: E501 - one piece of text
        "AutoSSL did not renew the certificate for “exim.example”. You must take action to keep this site secure.",
        "The frobnicator of “kite.example” returned quux 77.",
    ],
)
def test_websites_are_not_outside(text: str) -> None:
    """What AutoSSL says of service names of a website is its own business."""
    assert pasted(text).outside == ()


# --- any data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([NO_ADDRESS, "1", "a.example"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "payload",
                    "result",
                    "metadata",
                    "problem",
                    "domain",
                    "contents",
                    "type",
                    "indent",
                    "errors",
                    "order_item_id",
                    "request_time",
                    "vhost_name",
                    "in_progress",
                    "start_time",
                    "module_name",
                    "enabled",
                    "excluded_domain",
                    "failure_reason",
                    "key",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
@example([[[[[[[[[[[[[[[[{"problem": "x"}]]]]]]]]]]]]]]]])
@example({"result": {"data": [{"problem": 5, "domain": []}], "errors": {"a": 1}}})
def test_no_answer_raises(data: Any) -> None:
    """Whatever types stand where, the answer gives messages or none."""
    for record in Answer().records(data):
        assert isinstance(record.contents, str)
        assert isinstance(record.indent, int)
    pasted(json.dumps(data))
    pasted(yaml.safe_dump(data))


@given(
    st.text(max_size=100)
    | st.lists(
        st.sampled_from(
            ["{", "}", "[", "]", '"a"', ":", ",", "\n", "---\n", "data:\n", "  - x: y\n", "&a", "*a", "!!str "]
        )
    ).map("".join)
)
def test_no_text_is_lost_or_raises(text: str) -> None:
    """The pieces that are no data are the text that was given."""
    for kind, piece in part(text):
        assert piece in text if kind == "text" else is_answer(piece)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "{" * 100_000,
        '{"a":' * 50_000,
        "[\n" * 50_000,
        "---\n" + "- " * 20_000,
        "data:\n" + " - x\n" * 20_000,
    ],
)
def test_deep_and_endless_data_is_only_long(text: str) -> None:
    """Nothing nested without end breaks the reading."""
    assert pasted(text).outside == ()


def test_yaml_holds_no_more_than_texts() -> None:
    """No tag is followed, an alias is nothing, and depth has an end."""
    assert read_yaml("a: &x [1]\nb: *x\nc: !!python/object/apply:os.system [x]\n") == {
        "a": ["1"],
        "b": None,
        "c": ["x"],
    }
    assert read_yaml("a: 1\nb: [\n") == {"a": "1", "b": []}
    assert read_yaml("just a text") is None
    assert isinstance(read_yaml("- " * (DEEPEST * 2) + "x"), list)
