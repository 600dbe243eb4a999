"""What every part of the page needs at hand: the view, the words in its language, and the ink."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from markupsafe import Markup

from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.words import Words, Writer
from autossl_doctor.model.finding import Finding
from autossl_doctor.present.owner.ink import Ink
from autossl_doctor.present.owner.naming import Naming
from autossl_doctor.present.owner.progress import Progress, progress_of
from autossl_doctor.present.owner.view import OwnerView

PLACE = "owner_page"


class Desk:
    """One visit, ready to be put into words."""

    def __init__(self, view: OwnerView) -> None:
        self.view = view
        self.ink = Ink(view.language, view.zone)
        self.words = Interface(view.language, PLACE)
        self.writer = Writer(view.texts, view.language, "owner", view.zone, show=self.ink.show)
        self.naming = Naming(view.sites)
        self._said: dict[tuple[str, str], Markup] = {}
        self.progress: Progress | None = progress_of(view)

    def say(self, key: str, choice: str = "", **values: str | int | datetime) -> Markup:
        """Say a fixed sentence; moments are dressed, other texts come from `domain` or are escaped."""
        if values:
            shown = {name: self.ink.moment(v) if isinstance(v, datetime) else v for name, v in values.items()}
            return self.ink.markup(self.words.say(key, choice, **shown))
        said = self._said.get((key, choice))
        if said is None:
            said = self._said[key, choice] = self.ink.markup(self.words.say(key, choice))
        return said

    def joined(self, sentences: Iterable[Markup]) -> Markup:
        """Join whole sentences as the language does."""
        return (Markup() if self.view.language == "ja" else Markup(" ")).join(sentences)

    def domain(self, name: str) -> str:
        """Give a domain as an argument of `say`."""
        return self.ink.domain(self.naming.of(name))

    def name(self, name: str) -> Markup:
        """Give a domain as it stands by itself."""
        return self.ink.markup(self.domain(name))

    def exact(self, name: str) -> Markup:
        """Give a name exactly as the server knows it: where a button is about it, or in a list of all names."""
        return self.ink.markup(self.ink.domain(name))

    def told(self, finding: Finding) -> Words:
        """Put a finding into words, with the names that the owner knows."""
        return self.writer.words(self.naming.finding(finding, self.view.texts[finding.cause]["args"]))

    def names(self, names: tuple[str, ...]) -> Markup:
        """Give a list of domains; a long one ends with the number of the others."""
        if not names:
            return Markup()
        return self.ink.markup(self.ink.show(names, "domains", self.view.language, self.view.zone))

    def moment(self, at: datetime) -> Markup:
        """Give a point in time as it stands by itself."""
        return self.ink.markup(self.ink.moment(at))

    @property
    def is_busy(self) -> bool:
        """Tell whether a check is under way that shows signs of life, so that no other is offered."""
        return self.progress is not None and not self.progress.late

    def stage(self, finding: Finding) -> str:
        """Give the step of the track at which a finding stands; empty if its cause names none."""
        return str(self.view.texts[finding.cause].get("stage") or "")
