"""The words of a finding: its texts for one language and one reader, with the arguments put in (docs/causes.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from autossl_doctor.explain.values import Placeholder, show
from autossl_doctor.model.finding import Argument, Finding
from autossl_doctor.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

Reader: TypeAlias = 'Literal["owner", "admin"]'
MARKS = "\ue000\ue001"
"""What `show` puts before and after an argument where a page dresses it; no sentence holds these signs."""
Show = Callable[[Argument, str, str, str], str]
"""Shows an argument, given its type, a language and a time zone."""
SELF = {"owner": "owner", "admin": "host"}
FIELDS = ("title", "what", "why")


class Step(Record):
    """One thing to do; `do` names the button that does it, if there is one."""

    say: str
    do: str | None = None


class Words(Record):
    """Everything that a page or a terminal says about one finding."""

    title: str
    what: str
    why: str
    steps: tuple[Step, ...]
    send: Mapping[str, str] = MappingProxyType({})


class Writer:
    """Puts findings into words for one language, one reader and one time zone; `show` decides how arguments look."""

    def __init__(
        self,
        texts: Mapping[str, Mapping[str, Any]],
        language: str,
        reader: Reader,
        zone: str,
        *,
        show: Show = show,
    ) -> None:
        self._texts = texts
        self._show = show
        self.language = language
        self._reader = reader
        self._zone = zone

    def words(self, finding: Finding) -> Words:
        """Give the words of a finding."""
        return self._write(finding.cause, finding.args)

    def templates(self, cause: str) -> Words:
        """Give the words of a cause with every argument left as its placeholder."""
        return self._write(cause, {name: Placeholder(f"{{{name}}}") for name in self._texts[cause]["args"]})

    def argument_types(self, cause: str) -> Mapping[str, str]:
        """Give the types of a cause's arguments; KeyError where this version does not know the cause."""
        types: Mapping[str, str] = self._texts[cause]["args"]
        return types

    def _write(self, cause: str, args: Mapping[str, Argument]) -> Words:
        text = self._texts[cause]
        own = text[self.language]
        chosen = dict(own["owner"])
        if self._reader == "admin":
            chosen.update(own.get("admin") or {})
        pen = _Pen(text, self.language, args, self._zone, self._show)
        title, what, why = (pen.value(chosen.get(name, "")) for name in FIELDS)
        steps = tuple(Step(said, step.get("do")) for step in chosen["steps"] if (said := pen.value(step["say"])))
        # Nobody sends a message to himself: the admin is the host.
        others = {name: value for name, value in (own.get("send") or {}).items() if name != SELF[self._reader]}
        send = {name: said for name, value in others.items() if (said := pen.value(value))}
        return Words(title, what, why, steps, send)


class _Pen:
    """Writes the values of one finding."""

    def __init__(
        self, text: Mapping[str, Any], language: str, args: Mapping[str, Argument], zone: str, show: Show
    ) -> None:
        self._types = {name: kind.removesuffix("?") for name, kind in text["args"].items()}
        self._count_by = text.get("count_by", "")
        self._language = language
        self._args = {name: value for name, value in args.items() if value not in ("", ())}
        self._zone = zone
        self._shown = show

    def value(self, value: Any) -> str:
        """Write a value: one text, or a list of sentences."""
        if not isinstance(value, list):
            return self._sentence(value) or ""
        sentences = [self._sentence(sentence) for sentence in value]
        return ("" if self._language == "ja" else " ").join(sentence for sentence in sentences if sentence)

    def _sentence(self, sentence: Any) -> str | None:
        """Write a sentence; None if an argument that it needs is missing."""
        if isinstance(sentence, str):
            return self._fill(sentence)
        if isinstance(sentence, list):
            written = (self._sentence(twin) for twin in sentence)
            return next((text for text in written if text is not None), None)
        if "by" in sentence:
            said = self._args.get(sentence["by"])
            chosen = sentence.get(said) if isinstance(said, str) and said != "by" else None
            return self._sentence(sentence["else"] if chosen is None else chosen)
        if self._count_by not in self._args:
            return None
        one = self._language != "ja" and self._args[self._count_by] == 1 and "one" in sentence
        return self._fill(sentence["one"] if one else sentence["other"])

    def _fill(self, template: str) -> str | None:
        pieces = _pieces(template)
        if any(name not in self._args for name in pieces[1::2]):
            return None
        shown = [self._show(piece) if number % 2 else piece for number, piece in enumerate(pieces)]
        if self._language != "ja":
            return "".join(shown)
        written = ""
        for piece in shown:
            written = _joined(written, piece)
        return written

    def _show(self, name: str) -> str:
        return self._shown(self._args[name], self._types.get(name, "text"), self._language, self._zone)


@cache
def _pieces(template: str) -> tuple[str, ...]:
    """Part a sentence into its pieces: every second one is the name of an argument, without its braces."""
    first, *rest = template.split("{")
    pieces = [first]
    for part in rest:
        name, closed, after = part.partition("}")
        if closed and name.isidentifier():
            pieces += [name, after]
        else:
            pieces[-1] += "{" + part
    return tuple(pieces)


def _joined(before: str, after: str) -> str:
    """Join two pieces of Japanese: the space between Japanese and Latin signs is not needed where both are Japanese."""
    if before.endswith(" ") and _is_japanese(before[-2:-1]) and _is_japanese(after.lstrip(MARKS)[:1]):
        return before[:-1] + after
    if after.startswith(" ") and _is_japanese(before.rstrip(MARKS)[-1:]) and _is_japanese(after[1:2]):
        return before + after[1:]
    return before + after


def _is_japanese(sign: str) -> bool:
    return "\u3001" <= sign <= "\u30fe" or "\u4e00" <= sign <= "\u9fff"
