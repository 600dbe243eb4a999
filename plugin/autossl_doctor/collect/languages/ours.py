"""Which English messages of a lexicon concern AutoSSL: those that a signature, or one of its samples, may stand for.

A lexicon has tens of thousands of messages. Their first letters tell of most that they are none of ours; only the
others are read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from autossl_doctor.collect.languages.bracket import Part, Slot, variants
from autossl_doctor.collect.languages.canon import canon, fit

HEAD = 4
FIRST = 16
GRAM = 8
CUT = 56
"""A line that is longer goes on, or it may have been cut off."""
LIGHTEST = 8
"""So many letters of its own must a message have that is laid over a sample."""
MOST_WORDINGS = 4
_TOKEN = re.compile(r"\{\w+\}|<[^<>|]+(?:\|[^<>|]+)+>")
_SENTENCE = re.compile(r"(?<=[.!]) (?=[A-Z“\"])")
_ASIS = re.compile(r"\[asis,([^\[\],~]*)\]")
_ABBREVIATION = re.compile(r"\[output,abbr,([^\[\],~]*),([^\[\],~]*)\]")
_AROUND = re.compile(r"\[output,(?:strong|em|i|b|class|code|inline|span),([^\[\],~]*)(?:,[^\[\]]*)?\]")
_SLOT = re.compile(r"\[[^\[\]]*\]")
_WRITTEN = re.compile(r"[\[~'\"\\:]|  ")
"""What may be written otherwise in a file than it reads."""
_ARGUMENTS = ("[_", "“[_", "[quant,", "[numf,", "[list_")
_AROUND_WORDS = frozenset(("strong", "em", "i", "b", "class", "abbr", "acronym"))
_ANY = "\x01"


class Ours:
    """Tells whether an English message of a lexicon may be one that the signatures know."""

    def __init__(self, templates: Iterable[str], samples: Iterable[str] = ()) -> None:
        self._by_head: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        wholes = {canon(sample) for sample in samples}
        # A message may be put together from two, with a blank between them.
        wholes |= {sentence for sample in wholes for sentence in _SENTENCE.split(sample)}
        # … or begin with a name or an address that the message itself leaves out.
        wholes |= {rest for sample in wholes if (rest := sample.partition(": ")[2])}
        heads, grams = set(wholes), {whole[place : place + GRAM] for whole in wholes for place in range(len(whole))}
        for template in templates:
            literals = tuple(canon(part) for part in _TOKEN.split(template))
            if sum(map(len, literals)) < HEAD:
                # It is told apart by its placeholder: an untranslated error.
                continue
            head = literals[0][:HEAD] if len(literals[0]) >= HEAD else ""
            self._by_head.setdefault(head, []).append((max(literals, key=len), literals))
            if head:
                heads.add(literals[0])
            grams |= {part[place : place + GRAM] for part in literals for place in range(len(part))}
        self._samples: dict[str, list[str]] = {}
        for whole in sorted(wholes):
            self._samples.setdefault(whole[:HEAD], []).append(whole)
        self._wholes = sorted(wholes)
        self._everything = "\n".join(self._wholes)
        self._grams = grams
        self._sorted = sorted(heads)
        self._heads: dict[str, tuple[str, ...]] = {}
        self._others: dict[str, bool] = {}
        self._long = {head[:FIRST] for head in heads}
        self._short: dict[str, tuple[str, ...]] = {}
        for head in heads:
            if len(head) < FIRST:
                self._short[head[:HEAD]] = (*self._short.get(head[:HEAD], ()), head)
        for head in self._sorted:
            self._heads[head[:HEAD]] = (*self._heads.get(head[:HEAD], ()), head)

    def may_begin(self, text: str) -> bool:
        """Tell by the first line of an entry, as it is written in the file, whether it is worth reading."""
        first = text[:HEAD]
        other = self._others.get(first)
        if other is None:
            # Few beginnings are met again and again.
            other = first.isascii() and not _WRITTEN.search(first) and len(first) == HEAD and first not in self._heads
            self._others[first] = other
        if other:
            return False
        if first[:1] == "[" or first[1:2] == "[":
            text = _opened(text)
            if self._follows_nothing(text):
                return False
        if self._is_other(text):
            return False
        begun = canon(_one_line(text))
        head, _, rest = begun.partition(_ANY)
        if len(head) >= HEAD:
            possible = self._heads.get(head[:HEAD])
            if possible is None:
                return False
            # A short beginning is only one if an argument follows it.
            ends = _ANY not in begun and len(begun) < CUT
            short = ends or head in possible or head.partition(": ")[0] in possible
            fits = head.startswith(possible if short else tuple(each for each in possible if len(each) >= FIRST))
            return fits or self._goes_on(head)
        if _ANY not in begun:
            return self._goes_on(head)
        # It begins with an argument: what stands behind it tells.
        following = rest.partition(_ANY)[0][:GRAM]
        return len(following) < GRAM or following in self._grams

    def _is_other(self, text: str) -> bool:
        """Tell by the first letters alone that a message is none of ours."""
        first = text[:FIRST]
        if not first.isascii() or not first.replace(" ", "").isalnum() or "  " in first or len(first) < FIRST:
            # It may be written otherwise in a file than it reads.
            return False
        return first not in self._long and not first.startswith(self._short.get(first[:HEAD], ()))

    def _follows_nothing(self, text: str) -> bool:
        """Tell that behind an argument at the beginning stands what no message of ours goes on with."""
        if not text.startswith(_ARGUMENTS):
            return False
        place = text.find("]") + 1
        following = text[place : place + GRAM].replace("”", '"').replace("’", "'")
        clean = len(following) == GRAM and following.isascii() and not _WRITTEN.search(following, 2)
        return clean and following not in self._grams

    def _goes_on(self, head: str) -> bool:
        place = bisect_left(self._sorted, head)
        return place < len(self._sorted) and self._sorted[place].startswith(head)

    def takes(self, english: Sequence[Part]) -> bool:
        """Tell whether the whole message may be one of ours: a template fits it, or it fits a sample."""
        return any(self._takes(wording) for wording in _wordings(english))

    def _takes(self, literals: tuple[str, ...]) -> bool:
        text = _ANY.join(literals)
        possible = [*self._by_head.get(text[:HEAD], ()), *self._by_head.get("", ())]
        if any(longest in text and fit(template, text) is not None for longest, template in possible):
            return True
        if any(len(literal) >= GRAM and literal[:GRAM] not in self._grams for literal in literals):
            return False
        if sum(sign.isalpha() for literal in literals for sign in literal) < LIGHTEST:
            return False
        longest = max(literals, key=len)
        if longest not in self._everything:
            return False
        samples = self._samples.get(literals[0][:HEAD], ()) if len(literals[0]) >= HEAD else self._wholes
        return any(longest in sample and fit(literals, sample) is not None for sample in samples)


def _opened(text: str) -> str:
    """Write out the words of a method at the very beginning: most messages are told by them already."""
    end = text.find("]") if text[:1] == "[" else -1
    if end < 0 or "~" in text[:end]:
        return text
    method, _, words = text[1:end].partition(",")
    if method == "output":
        kind, _, words = words.partition(",")
        if kind not in _AROUND_WORDS:
            return text
        words, _, full = words.partition(",")
        if full and kind in ("abbr", "acronym"):
            words = f"{words} ({full})"
    elif method != "asis":
        return text
    return f"{words}{text[end + 1 :]}"


def _one_line(text: str) -> str:
    """Give the first line of an entry's English, with one sign for each argument."""
    line = text.partition("\n")[0]
    if "[" in line:
        line = _SLOT.sub(_ANY, _ABBREVIATION.sub(r"\1 (\2)", _AROUND.sub(r"\1", _ASIS.sub(r"\1", line))))
        # What is not closed in this line may be anything.
        line = line.partition("[")[0]
    for sign in "\\~'\"":
        line = line.partition(sign)[0]
    return line


def _wordings(english: Sequence[Part]) -> Iterator[tuple[str, ...]]:
    """Give the fixed texts of a message, in each of its wordings."""
    for number, variant in enumerate(variants(english)):
        if number == MOST_WORDINGS:
            return
        text = "".join(_ANY if isinstance(part, Slot) else part for part in variant)
        yield tuple(canon(text).split(_ANY))
