"""The official calls behind the buttons: which ones, with what, and what their answers mean."""

from typing import Any

import pytest

from autossl_doctor.actions.decide import Asked
from autossl_doctor.actions.perform import Outcome, perform
from autossl_doctor.actions.verbs import EXCLUDE, INCLUDE, LOOK, RETRY, SAVE_KEY_TYPE
from autossl_doctor.host.liveapi import Reply

SITE, NAMES = "shop.example", ("mail.shop.example", "www.shop.example")
START: tuple[str, str, dict[str, str]] = ("SSL", "start_autossl_check", {})
JOINED = {"domains": "mail.shop.example,www.shop.example"}
NO = [0, None]


class Panel:
    """Remembers what it was asked; answers 1, or the status given for a function."""

    def __init__(self, **statuses: int | None) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self._statuses = statuses

    def call(self, module: str, function: str, **arguments: str) -> Reply:
        """Answer a call."""
        self.asked.append((module, function, arguments))
        status = self._statuses.get(function, 1)
        return Reply(status, errors=() if status == 1 else (f"{function} said no",))


def test_retry_is_one_call() -> None:
    """Trying again asks the panel to start a check of the account, and nothing else."""
    panel = Panel()
    assert perform(Asked(RETRY, SITE, NAMES), "rsa-2048", panel.call) == Outcome(done=True, starts=True)
    assert panel.asked == [START]


@pytest.mark.parametrize("status", NO)
def test_a_start_that_the_panel_refuses_is_not_done(status: int | None) -> None:
    """A no, or no answer, is not done; the panel's words are kept."""
    panel = Panel(start_autossl_check=status)
    outcome = perform(Asked(RETRY, SITE), "", panel.call)
    assert not outcome.done
    assert not outcome.starts
    assert outcome.errors == ("start_autossl_check said no",)


@pytest.mark.parametrize("key_type", ["system", "rsa-2048", "rsa-4096", "ecdsa-prime256v1", "ecdsa-secp384r1"])
def test_the_key_type_is_saved_as_it_is(key_type: str) -> None:
    """Saving again what is set makes AutoSSL start by itself; a second call would queue a second check."""
    panel = Panel()
    assert perform(Asked(SAVE_KEY_TYPE, SITE), key_type, panel.call) == Outcome(done=True, starts=True)
    assert panel.asked == [("SSL", "set_default_key_type", {"type": key_type})]


def test_an_account_without_a_choice_keeps_to_the_server() -> None:
    """Where the account never chose, the server's own type is what is set."""
    panel = Panel()
    perform(Asked(SAVE_KEY_TYPE, SITE), "", panel.call)
    assert panel.asked == [("SSL", "set_default_key_type", {"type": "system"})]


@pytest.mark.parametrize("key_type", ["rsa-3072", "ecdsa-secp521r1", "mldsa-65"])
def test_a_key_type_of_tomorrow_is_never_replaced(key_type: str) -> None:
    """The button promises to change nothing: a choice that is not known here is saved as it is, or not at all."""
    panel = Panel()
    perform(Asked(SAVE_KEY_TYPE, SITE), key_type, panel.call)
    assert panel.asked in ([], [("SSL", "set_default_key_type", {"type": key_type})])


@pytest.mark.parametrize("status", NO)
def test_a_key_type_that_is_not_saved_starts_nothing(status: int | None) -> None:
    """If saving fails, no other call is made in its place."""
    panel = Panel(set_default_key_type=status)
    outcome = perform(Asked(SAVE_KEY_TYPE, SITE), "system", panel.call)
    assert (outcome.done, bool(outcome.starts), len(panel.asked)) == (False, False, 1)


@pytest.mark.parametrize(
    ("verb", "function"),
    [(EXCLUDE, "add_autossl_excluded_domains"), (INCLUDE, "remove_autossl_excluded_domains")],
)
def test_names_are_changed_and_then_a_check_starts(verb: str, function: str) -> None:
    """The names go in one call, those that stand there already stay, and the check comes after it."""
    panel = Panel()
    assert perform(Asked(verb, SITE, NAMES), "", panel.call) == Outcome(done=True, starts=True)
    assert panel.asked == [("SSL", function, JOINED), START]


@pytest.mark.parametrize("status", NO)
@pytest.mark.parametrize("verb", [EXCLUDE, INCLUDE])
def test_names_that_were_not_changed_start_nothing(verb: str, status: int | None) -> None:
    """Where the panel did not change the names, no check is started."""
    panel = Panel(add_autossl_excluded_domains=status, remove_autossl_excluded_domains=status)
    outcome = perform(Asked(verb, SITE, NAMES), "", panel.call)
    assert (outcome.done, bool(outcome.starts), len(panel.asked), len(outcome.errors)) == (False, False, 1, 1)


@pytest.mark.parametrize("status", NO)
@pytest.mark.parametrize("verb", [EXCLUDE, INCLUDE])
def test_changed_names_without_a_check_are_still_changed(verb: str, status: int | None) -> None:
    """If only the check does not start, the change is done, and the next click may start one."""
    panel = Panel(start_autossl_check=status)
    outcome = perform(Asked(verb, SITE, NAMES), "", panel.call)
    assert outcome.done
    assert not outcome.starts


@pytest.mark.parametrize("verb", [EXCLUDE, INCLUDE])
def test_one_name_never_becomes_two(verb: str) -> None:
    """A name from a log may hold a comma; it must not change a name that nobody was shown."""
    panel = Panel()
    outcome = perform(Asked(verb, SITE, ("mail.shop.example,shop.example",)), "", panel.call)
    assert not outcome.done
    assert panel.asked == []


@pytest.mark.parametrize("verb", [LOOK, "delete", ""])
def test_looking_calls_nothing(verb: str) -> None:
    """Looking again is left to the doctor itself; what is not known calls nothing either."""
    panel = Panel()
    assert not perform(Asked(verb, SITE, NAMES), "rsa-2048", panel.call).starts
    assert panel.asked == []
