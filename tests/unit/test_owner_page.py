"""What the owner's page says: the first sentence, the order of the cards, buttons and their reasons, dates, support."""

from datetime import timedelta
from typing import Any

import pytest

from autossl_doctor.explain.interface import Interface
from autossl_doctor.model.finding import Evidence, Finding
from autossl_doctor.present.owner.messages import sentence
from autossl_doctor.present.owner.page import FEW, MANY, OPEN, render
from autossl_doctor.present.owner.view import Live
from tests.unit.owner_views import (
    ALL_EXCLUDED,
    DEFERRED,
    ELSEWHERE,
    END,
    FORM,
    HEALTHY,
    NAMES,
    NOW,
    STOPPED,
    Page,
    fields,
    show,
    site,
    view,
)

every_language = pytest.mark.parametrize("language", ["en", "ja"])
EXPIRED = {"not_before": "2026-08-22T15:30:00Z", "not_after": "2026-11-20T15:30:00Z"}
WARNED = site(visitors="warned", renewal="failing", certificate={**site()["certificate"], **EXPIRED})
FAILING = site(renewal="failing")
NEVER_CHECKED = site(visitors="warned", renewal="due", certificate=None)
WAITING = Finding("first_check_pending", "nobody", "notice", "likely", args={"site": "shop.example"})
BROKEN_OFF = Finding(
    "run_died", "host", "warning", "likely", args={"site": "shop.example", "started": NOW, "last_seen": NOW}
)


def headline(page: Page) -> str:
    """The page's first sentences."""
    (banner,) = page.root.all(css="asd-banner")
    return f"{banner.all('h2')[0].text} {banner.all(css='asd-needs')[0].text}"


def names_of(page: Page) -> list[str]:
    """The websites in the order of the page."""
    return [item.attributes["data-site"] for item in page.root.all() if "data-site" in item.attributes]


# --- the first sentence


def test_a_healthy_account_reads_that_there_is_nothing_to_do() -> None:
    """With one website its own name stands in the first sentence, with several their number."""
    assert headline(show((site(), HEALTHY))) == "shop.example is safe for visitors There is nothing you have to do."
    two = show((site(), HEALTHY), (site("club.example"), HEALTHY))
    assert headline(two) == "All 2 websites are safe for visitors There is nothing you have to do."


def test_the_banner_says_who_is_warned_and_that_it_is_urgent() -> None:
    """A website whose visitors see a warning needs its owner now, whatever the dates say."""
    page = show((WARNED, ELSEWHERE), (site("club.example"), HEALTHY))
    assert headline(page).startswith("Visitors of shop.example see a security warning One website needs you now;")
    assert page.root.all(css="asd-banner")[0].attributes["data-state"] == "critical"


def test_the_banner_names_the_first_date() -> None:
    """What has to be done by a date is said with the date, in the server's zone."""
    assert headline(show((FAILING, ELSEWHERE))).endswith(
        "It needs you by Thu 26 Nov 2026, 21:30 JST ; the steps are below. When that is done, try again:"
    )
    later = (site("club.example", renewal="waiting"), DEFERRED)
    assert "2 websites need you, the first one by Thu 26 Nov 2026" in headline(show((FAILING, ELSEWHERE), later))
    assert "One more needs you by Fri 27 Nov 2026" in headline(show((WARNED, ELSEWHERE), later))


def test_the_banner_names_the_hosting_company_where_only_they_can_act() -> None:
    """Nobody is asked to do what only the hosting company can do."""
    page = show((site(renewal="blocked"), STOPPED), server_findings=(STOPPED,))
    assert headline(page).startswith("shop.example is safe for visitors for now ")
    assert headline(page).endswith("Only your hosting company can put this right; the message for them is below.")


@every_language
def test_what_is_not_known_is_not_called_fine(language: str) -> None:
    """A website that could not be judged is said to be unknown, in the banner and on its card."""
    finding = Finding("unknown_problem", "host", "notice", "possible", args={"reason": "not_readable"})
    page = show((site(visitors="unknown", renewal="unknown", certificate=None), finding), language=language)
    assert page.root.all(css="asd-banner")[0].attributes["data-state"] == "unknown"
    words = Interface(language, "owner_page")
    assert words.say("visitors", "unknown") in page.root.all("article")[0].text
    assert words.say("confidence", "possible") in page.root.text


# --- the order of the cards


def test_the_worst_website_comes_first() -> None:
    """Critical before warning before fine; of equals the earlier date, then the name."""
    sooner = ELSEWHERE._replace(act_by=NOW + timedelta(days=1))
    page = show(
        (site("fine.example"), HEALTHY),
        (site("wait.example", renewal="waiting"), DEFERRED),
        (site("b.example", renewal="failing"), ELSEWHERE),
        (site("a.example", renewal="failing"), ELSEWHERE),
        (site("soon.example", renewal="failing"), sooner),
    )
    assert names_of(page) == ["soon.example", "a.example", "b.example", "wait.example", "fine.example"]
    assert len(page.root.all("article")) == OPEN


@pytest.mark.point(27)
def test_many_websites_are_one_line_each() -> None:
    """Three hundred websites make a light page: those that are fine take a line, and there is a box to find one."""
    fine = [(site(f"s{number:03}.example"), HEALTHY) for number in range(299)]
    page = show((WARNED, ELSEWHERE), *fine)
    assert len(page.root.all("article")) == 1
    lines = page.root.all("li", css="asd-row")
    assert len(lines) == 299
    assert lines[0].text == "s000.example Fine Safe for visitors until Mon 4 Jan 2027, 00:30 JST"
    assert page.root.all("input", type="search")
    assert len(page.root.all()) < 15 * 300


def test_many_troubled_websites_are_listed_and_each_can_be_opened() -> None:
    """A dozen have their card; the others are lines that lead to the page with their card in front."""
    troubled = [(site(f"s{number:03}.example", renewal="failing"), ELSEWHERE) for number in range(40)]
    page = show(*troubled)
    assert len(page.root.all(css="asd-card")) == MANY
    assert "28 more websites in trouble" in page.root.text
    links = [link.attributes["href"] for link in page.root.all("a", css="asd-site")]
    assert links == [f"index.live.cgi?show=s{number:03}.example" for number in range(MANY, 40)]
    chosen = show(*troubled, chosen="s037.example")
    assert names_of(chosen)[0] == "s037.example"
    assert len(chosen.root.all(css="asd-card")) == MANY


def test_a_quiet_website_that_was_chosen_has_its_card_in_front() -> None:
    """Whoever opens one of the listed websites sees all that is known about it."""
    fine = [(site(f"s{number:03}.example"), HEALTHY) for number in range(40)]
    page = show(*fine, chosen="s011.example")
    (card,) = page.root.all("article")
    assert card.attributes["data-site"] == "s011.example"


def test_a_few_quiet_websites_can_be_unfolded() -> None:
    """Up to a dozen quiet websites keep their whole card, folded."""
    page = show(*[(site(f"s{number}.example"), HEALTHY) for number in range(FEW)])
    assert len(page.root.all("details", css="asd-row")) == FEW
    assert not page.root.all("input", type="search")


def test_no_website_is_a_calm_page() -> None:
    """An account without websites reads when there will be something to read."""
    page = show()
    assert "no website yet" in page.root.all("h2")[0].text
    assert not page.root.all(css="asd-card")


def test_a_server_finding_stands_once() -> None:
    """What troubles all websites alike is told once, and they are listed below it."""
    sites = [(site(f"s{number}.example", renewal="blocked"), STOPPED) for number in range(3)]
    page = show(*sites, server_findings=(STOPPED,))
    (server,) = page.root.all("article")
    assert "automatic renewal has stopped" in server.text
    assert "Please switch the automatic renewal on again" in support(page)
    assert "s0.example" not in support(page)
    assert "3 websites are affected" in page.root.text
    assert len(page.root.all("details", css="asd-row")) == 3


def test_one_website_has_no_second_card_about_the_server() -> None:
    """The owner of one website reads about its own name only."""
    page = show((site(renewal="blocked"), STOPPED), server_findings=(STOPPED,))
    assert [card.attributes.get("data-site") for card in page.root.all("article")] == ["shop.example"]


@pytest.mark.point(56)
def test_an_old_report_says_so() -> None:
    """Who stopped looking yesterday is told on, with the age of the report."""
    assert "3 days old" in show((site(), HEALTHY), generated_at=NOW - timedelta(days=3)).root.text
    assert "old, so things" not in show((site(), HEALTHY)).root.text


def test_an_addon_domain_is_called_as_its_owner_knows_it() -> None:
    """Everywhere the page names the addon domain; only forms, and lists of all names, have the panel's own name."""
    name = "club.example.shop.example"
    addon = site(name, domains=[name, "club.example", f"www.{name}", "www.club.example"], renewal="failing")
    finding = ELSEWHERE._replace(
        domains=tuple(addon["domains"]),
        args={**ELSEWHERE.args, "domain": name, "others": (f"www.{name}", "club.example", "www.club.example")},
    )
    page = show((addon, finding))
    for css in ("asd-banner", "asd-title", "asd-what", "asd-site", "asd-steps", "asd-certificate"):
        assert "club.example" in page.root.all(css=css)[0].text
        assert name not in page.root.all(css=css)[0].text
    assert page.root.all(css="asd-what")[0].text.count("www.club.example") == 1
    assert fields(page.forms("retry")[0])["site"] == [name]
    assert f"club.example ({name})" in support(page)
    listed = [item.text for item in page.root.all(css="asd-coverage")[0].all("li")]
    assert any(name in item and "the server's own name" in item for item in listed)


def test_a_name_that_is_alone_in_trouble_is_called_as_it_is() -> None:
    """The addon domain is not accused of what only the panel's own name suffers from."""
    name = "club.example.shop.example"
    addon = site(name, domains=[name, "club.example"], renewal="failing")
    page = show((addon, ELSEWHERE._replace(domains=(name,), args={**ELSEWHERE.args, "domain": name})))
    assert name in page.root.all(css="asd-title")[0].text


# --- buttons


def test_a_step_has_its_button() -> None:
    """The button stands in the banner and in its step, and sends verb, website and the page's own value."""
    page = show((FAILING, ELSEWHERE))
    first, second = page.forms("retry")
    for form in (first, second):
        assert fields(form) == {"verb": ["retry"], "site": ["shop.example"], "form": [FORM]}
        assert (form.attributes["method"], form.attributes["action"]) == ("post", "index.live.cgi")
    assert first in page.root.all(css="asd-banner")[0].all("form")
    assert second in page.root.all(css="asd-steps")[0].all("li")[-1].all("form")
    assert not second.all("button", css="asd-primary")


def test_a_first_step_is_done_in_the_banner() -> None:
    """Where nothing has to be done before it, the button stands once, above; what is left are plain sentences."""
    page = show((NEVER_CHECKED, WAITING))
    (form,) = page.forms("retry")
    assert form in page.root.all(css="asd-banner")[0].all("form")
    assert form.all("button", css="asd-primary")[0].text == "Start the check now"
    assert not page.root.all(css="asd-steps")
    assert "start the check now" in page.root.all(css="asd-plain")[0].text


def test_what_only_others_can_put_right_is_not_urged_on_the_owner() -> None:
    """Before the hosting company has acted, the banner has no button that cannot help."""
    page = show((site(renewal="blocked"), STOPPED))
    assert not page.root.all(css="asd-banner")[0].all("form")
    assert "When that is done" not in headline(page)


def test_where_the_steps_offer_a_choice_the_banner_makes_none() -> None:
    """Leaving an address out or mending it is decided where both are explained."""
    page = show((site(renewal="waiting"), DEFERRED))
    assert not page.root.all(css="asd-banner")[0].all("form")
    assert len(page.root.all(css="asd-steps")[0].all("button", css="asd-primary")) == 1


def test_a_broken_off_check_may_be_started_anew_first() -> None:
    """Where the owner can try before the hosting company has to act, banner and card say the same."""
    page = show((site(renewal="blocked", visitors="warned"), BROKEN_OFF))
    assert headline(page).endswith("If that does not help, send the message below to your hosting company.")
    assert "You can try first" in page.root.all(css="asd-who")[0].text
    assert page.root.all(css="asd-banner")[0].all("button", css="asd-primary")


def test_who_can_only_wait_is_told_so() -> None:
    """While visitors are warned and nobody can press anything, the banner does not say that nothing is to be done."""
    args: dict[str, Any] = {"site": "shop.example", "address": "192.0.2.10", "state": "just_installed"}
    args["not_after"] = END
    finding = Finding("renewed_not_served", "nobody", "notice", "possible", args=args)
    served = finding._replace(args={**finding.args, "served_until": NOW - timedelta(days=2)})
    assert "a little patience" in headline(show((site(visitors="warned"), finding)))
    seen = show((site(visitors="warned"), served)).root.all(css="asd-visitors")[0].text
    assert seen == "Visitors have seen a warning since Fri 20 Nov 2026, 21:30 JST"


def test_a_sentence_is_no_list() -> None:
    """What asks for nothing is said without a heading and without a number."""
    page = show((site(), HEALTHY))
    assert not page.root.all("ol", css="asd-steps")
    assert page.root.all(css="asd-plain")
    assert "What to do" not in page.root.all(css="asd-main")[0].text


def test_the_state_is_what_it_means_for_visitors() -> None:
    """Warned visitors are urgent whatever the finding's own severity; with time left and safe visitors nothing is."""
    assert show((site(visitors="warned"), HEALTHY)).root.all("article")[0].attributes["data-state"] == "critical"
    assert show((FAILING, ELSEWHERE)).root.all("article")[0].attributes["data-state"] == "warning"
    soon = ELSEWHERE._replace(act_by=NOW + timedelta(days=2))
    assert show((FAILING, soon)).root.all("article")[0].attributes["data-state"] == "critical"


def test_only_one_button_stands_out() -> None:
    """Of all buttons of a page at most one is the main one, and leaving names out never is."""
    page = show((FAILING, ELSEWHERE), (site("b.example", renewal="waiting"), DEFERRED))
    assert len(page.root.all("button", css="asd-primary")) == 1


@pytest.mark.point(28)
@every_language
@pytest.mark.parametrize("reason", ["demo", "suspended", "feature", "autossl_off", "no_report", "unheard_of"])
def test_a_refused_button_gives_its_reason(reason: str, language: str) -> None:
    """Where a button cannot work there is none; the reason stands in its place."""
    refused = dict.fromkeys(("retry", "exclude", "include", "look", "save_key_type"), reason)
    page = show((FAILING, ELSEWHERE), refused=refused, language=language)
    assert not page.root.all("form")
    (said,) = page.root.all(css="asd-reason")
    words = Interface(language, "owner_page")
    assert said.text == words.say("refused", reason if reason != "unheard_of" else "else")


def test_a_fresh_look_can_be_asked_for() -> None:
    """Below the websites stands one button that looks again; it names a website of the account."""
    (form,) = show((site(), HEALTHY), (site("club.example"), HEALTHY)).forms("look")
    assert fields(form) == {"verb": ["look"], "site": ["club.example"], "form": [FORM]}
    assert not show().forms("look")


def test_a_reason_is_given_once_per_card() -> None:
    """Two steps that cannot be done for the same reason say so once."""
    refused = dict.fromkeys(("retry", "exclude", "include", "look", "save_key_type"), "demo")
    assert len(show((site(renewal="waiting"), DEFERRED), refused=refused).root.all(css="asd-reason")) == 1


def test_a_button_without_its_form_value_is_not_drawn() -> None:
    """Without the value that the server would ask for, a click could only fail."""
    assert not show((FAILING, ELSEWHERE), forms={}).root.all("form")


def test_excluding_asks_again_and_names_exactly_what_is_lost() -> None:
    """The second question lists the names that are sent, never the website itself, and only it confirms."""
    page = show((site(renewal="waiting"), DEFERRED))
    (form,) = page.forms("exclude")
    assert fields(form)["name"] == ["mail.shop.example"]
    assert fields(form)["confirm"] == ["yes"]
    assert [item.text for item in form.all("li")] == ["mail.shop.example"]
    assert "Leave this address out?" in form.text
    (question,) = page.root.all("details", css="asd-question")
    assert form in question.all("form")
    assert "open" not in question.attributes


def test_excluded_names_can_be_included_again() -> None:
    """Each excluded name of the website has its own way back; names of others have none here."""
    page = show((site(), HEALTHY), excluded=("mail.shop.example", "mail.other.example"))
    (form,) = page.forms("include")
    assert fields(form)["name"] == ["mail.shop.example"]
    assert "left out of AutoSSL; protected until the present certificate ends" in page.root.text
    assert "Does not protect" not in page.root.all(css="asd-certificate")[0].text


def test_everything_that_was_left_out_is_included_at_once() -> None:
    """The step includes the service names of the website too, and nothing of other websites."""
    names = ("shop.example", "mail.shop.example", "cpanel.shop.example", "webmail.shop.example")
    page = show((site(renewal="blocked"), ALL_EXCLUDED), excluded=(*names, "mail.other.example"))
    assert fields(page.root.all(css="asd-steps")[0].all("form")[0])["name"] == list(names)


@pytest.mark.parametrize(("excluded", "sent"), [(("mail.shop.example",), ["mail.shop.example"]), (None, list(NAMES))])
def test_a_step_includes_what_is_excluded(excluded: tuple[str, ...] | None, sent: list[str]) -> None:
    """The step includes the excluded names of the website, or where they are not known the names of the finding."""
    page = show((site(renewal="blocked"), ALL_EXCLUDED), excluded=excluded)
    assert fields(page.root.all(css="asd-steps")[0].all("form")[0])["name"] == sent


def test_trying_anyway_is_offered_where_it_was_asked() -> None:
    """After "nothing changed" the same button insists, and says so."""
    page = show((FAILING, ELSEWHERE), notice="nothing_changed", anyway=("retry", "shop.example"))
    for form in page.forms("retry"):
        assert fields(form)["anyway"] == ["yes"]
        assert form.all("button")[0].text == "Try anyway"
    assert "nothing has changed" in page.root.all(css="asd-message-top")[0].text


def test_a_message_with_a_date_names_it() -> None:
    """A limit of the authority that ends at a known time is said with that time, on the page and in JSON alike."""
    until = NOW + timedelta(hours=3)
    page = show((FAILING, ELSEWHERE), notice="ca_limit", notice_until=until)
    (message,) = page.root.all(css="asd-message-top")
    assert (message.attributes["role"], message.attributes["data-good"]) == ("status", "no")
    said = sentence("en", "Asia/Tokyo", "ca_limit", until)
    assert message.text.replace(" .", ".") == said
    assert said.endswith("on Mon 23 Nov 2026, 00:30 JST.")
    assert "until Mon 23 Nov 2026, 00:30 JST at least" in sentence("en", "Asia/Tokyo", "ledger_limit", until)
    assert sentence("ja", "Asia/Tokyo", "started") == Interface("ja", "owner_page").say("notice", "started")
    assert sentence("en", "UTC", "unheard_of") == "Nothing was started."


# --- dates and names


def test_a_date_is_readable_without_a_script() -> None:
    """Each moment stands in the server's zone with its name, and a script finds the moment itself beside it."""
    page = show((site(), HEALTHY))
    times = page.root.all("time", datetime="2027-01-03T15:30:00Z")
    assert {time.text for time in times} == {"Mon 4 Jan 2027, 00:30 JST"}
    assert "2027-01-03 15:30 UTC" in page.root.all(css="asd-certificate")[0].text
    assert page.root.all(css="asd-zone")[0].text == "Times are given in the server's time zone (Asia/Tokyo)."


def test_a_certificate_says_what_it_protects_and_what_not() -> None:
    """Names under a wildcard are protected; the others are named."""
    held = {**site()["certificate"], "covers": ["*.shop.example"]}
    text = show((site(certificate=held), HEALTHY)).root.all(css="asd-certificate")[0].text
    assert "Protects mail.shop.example" in text
    assert "Does not protect shop.example" in text
    ended = show((site(certificate={**site()["certificate"], **EXPIRED}), HEALTHY)).root
    assert "Protected shop.example and mail.shop.example" in ended.all(css="asd-certificate")[0].text
    assert "no longer protected" in ended.all(css="asd-coverage")[0].text
    assert "There is no certificate." in show((site(certificate=None), HEALTHY)).root.text


def test_a_japanese_name_is_readable_and_keeps_its_stored_form() -> None:
    """A Japanese name is shown in Japanese with the xn-- form as a tooltip, and sent in the xn-- form."""
    name = "xn--0tr60n6o2b.example"
    finding = ELSEWHERE._replace(args={**ELSEWHERE.args, "domain": name})
    page = show((site(name, renewal="failing"), finding), language="ja")
    shown = page.root.all("bdi", title=name)
    assert {item.text for item in shown} == {
        "和菓子.example",
    } | {item.text for item in shown if "mail" in item.text}
    assert fields(page.forms("retry")[0])["site"] == [name]
    assert "「和菓子.example」が別のサーバーを指しています" in page.root.all(css="asd-title")[0].text.replace(" ", "")


@every_language
def test_what_could_not_be_looked_at_is_said_in_words(language: str) -> None:
    """Sources and reasons are words of the language, without paths; unheard-of ones are said in general."""
    gaps = [
        {"fact": "orders", "why": "permission denied: /var/cpanel/autossl_queue_cpanel.sqlite"},
        {"fact": "strange", "why": "odd: /etc/strange"},
    ]
    page = show((site(could_not_check=gaps), HEALTHY), language=language)
    words = Interface(language, "owner_page")
    lines = [item.text for item in page.root.all(css="asd-gaps")[0].all("li")]
    assert len(lines) == 2
    assert words.say("facts", "orders") in lines[0]
    assert words.say("gap", "permission_denied") in lines[0]
    assert "/" not in "".join(lines)


# --- the message for support


def support(page: Page) -> str:
    """The text that is copied."""
    return "".join(part for part in page.root.all("textarea")[0].inside if isinstance(part, str))


def test_the_message_for_support_is_complete_in_both_languages() -> None:
    """It holds title, meaning, the request to whoever must act, UTC dates and the log's words."""
    text = support(show((FAILING, ELSEWHERE), language="ja"))
    assert text.index("別のサーバー") < text.index("leads to another server")
    assert "Please set the A record of shop.example to 192.0.2.10" in text
    assert "shop.example の A レコードを 192.0.2.10 に変更" in text
    assert "2027-01-03 15:30 UTC" in text
    assert "2026-11-22T11:17:00Z/json:12 resolves" in text
    assert "JST" not in text


def test_the_message_for_support_holds_nothing_of_others_and_no_secret() -> None:
    """Neither other websites nor what was seen there, nor the value of a form, stands in it."""
    seen = (Evidence("/var/cpanel/logs/autossl/x/json:1", None, "club.example broke"),)
    page = show((FAILING, ELSEWHERE), (site("club.example", renewal="failing"), ELSEWHERE._replace(evidence=seen)))
    texts = ["".join(str(part) for part in area.inside) for area in page.root.all("textarea")]
    own = next(text for text in texts if "club.example broke" not in text)
    assert "club" not in own
    assert all(FORM not in text for text in texts)


# --- pages without a report


@every_language
@pytest.mark.parametrize("trouble", ["no_report", "shared_group", "damaged", "off", "foreign", "too_large", "odd"])
def test_without_a_report_the_page_says_what_is_known_and_who_acts(trouble: str, language: str) -> None:
    """Each reason has a calm page with a message for the hosting company, and no website is called fine."""
    page = show(trouble=trouble, generated_at=None, language=language)
    known = {"foreign": "no_report", "too_large": "damaged", "odd": "else"}.get(trouble, trouble)
    words = Interface(language, "owner_page")
    assert page.root.all("h2")[0].text == words.say("trouble_title", known)
    for part in ("trouble_what", "trouble_who"):
        assert words.say(part, known) in page.root.text
    assert "shop" in support(page)
    assert not page.root.all(css="asd-card")
    assert not page.root.all("form")


# --- the page as a whole


def a_busy_page(language: str) -> Page:
    """A page on which everything stands that a page can hold."""
    return show(
        (WARNED, ELSEWHERE),
        (site("b.example", renewal="waiting"), DEFERRED),
        (site("c.example"), HEALTHY),
        live=Live("shop.example", "order", NOW, None),
        excluded=("mail.c.example",),
        language=language,
    )


@pytest.mark.point(17, 20)
@every_language
def test_the_block_is_one_element_with_its_language(language: str) -> None:
    """One root, which names the language; style and script are the plugin's own files with their version."""
    page = a_busy_page(language)
    (root,) = [part for part in page.root.inside if not isinstance(part, str)]
    assert (root.attributes["id"], root.attributes["lang"], root.attributes["dir"]) == (
        "autossl-doctor",
        language,
        "ltr",
    )
    assert page.root.all("link")[0].attributes["href"].startswith("assets/owner.css?v=")
    assert page.root.all("script")[0].attributes["src"].startswith("assets/owner.js?v=")


@pytest.mark.point(20, 21)
def test_the_block_may_stand_under_a_strict_policy() -> None:
    """No inline script, style or handler, and nothing from another host."""
    page = a_busy_page("en")
    for element in page.root.all():
        assert element.tag != "style"
        assert not any(name == "style" or name.startswith("on") for name in element.attributes)
        for name in ("src", "href", "action"):
            assert element.attributes.get(name, "assets/").startswith(("assets/", "index.live.cgi", "#autossl-doctor"))
    assert all(script.text == "" for script in page.root.all("script"))


def test_ids_are_ours_and_unique() -> None:
    """No id of the block can meet one of the panel's."""
    ids = [element.attributes["id"] for element in a_busy_page("en").root.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("autossl-doctor") for name in ids)


def test_every_sign_that_is_used_is_drawn() -> None:
    """Each icon points to a sign that the page brings along."""
    page = a_busy_page("en")
    drawn = {f"#{symbol.attributes['id']}" for symbol in page.root.all("symbol")}
    assert {use.attributes["href"] for use in page.root.all("use")} <= drawn


@every_language
@pytest.mark.parametrize("changes", [{}, {"zone": "UTC"}, {"account": "<b>"}])
def test_nothing_is_left_undefined(changes: dict[str, Any], language: str) -> None:
    """The page is complete in every setting; a missing value would be an error."""
    assert "{" not in Page(render(view((site(), HEALTHY), language=language, **changes))).root.text.replace(
        "{zone}", ""
    )
