"""What the page has to say: its own words in both languages, so that a better wording breaks no test."""

from functools import cache

from autossl_doctor.explain.interface import Interface


@cache
def _words(language: str) -> Interface:
    return Interface(language, "owner_page")


def said(language: str, key: str, choice: str = "") -> str:
    """A fixed sentence of the page."""
    return _words(language).say(key, choice)


def parts(language: str, key: str, choice: str = "") -> list[str]:
    """The text of a sentence around its arguments."""
    marked = said_with(language, key, choice)
    return [part for part in marked.split("\0") if part.strip()]


def said_with(language: str, key: str, choice: str = "") -> str:
    """A sentence with a mark in the place of each argument."""
    names = ("at", "until", "site", "age", "zone", "account")
    return _words(language).say(key, choice, **dict.fromkeys(names, "\0"))
