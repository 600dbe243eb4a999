"""The languages that a log may be written in: the server's own, or all of a directory that a person names.

Nothing is read before a message asks for it, and every file is read once: an English log costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from autossl_doctor.collect.languages.dictionary import Dictionary
from autossl_doctor.collect.languages.lexicon_file import FILE_CAP
from autossl_doctor.collect.languages.ours import Ours
from autossl_doctor.collect.signatures.lexicon import lines, reasons
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known

LEXICONS = "/usr/local/cpanel/locale"
SERVER_LOCALE = "/var/cpanel/server_locale"
MOST_FILES = 64
_LANGUAGE = re.compile(r"[a-z][a-z0-9]{0,15}(?:_[a-z0-9]{1,16}){0,3}")
_RUN_OF_WORDS = re.compile(r"[^\W\d_]{2,}")
_URL = re.compile(r"https?://\S+")
_SPANS = [f"{{count}} {unit} {when}" for unit in ("day", "days") for when in ("ago", "from now")]
"""How the end of a certificate is said beside its date."""
WORD, PART, SHORTEST = 6, 3, 3
WORDS_TRIED = 4
MOST_ASKED = 2


class Language(Protocol):
    """Reads a message back into English."""

    def english(self, text: str) -> Iterator[str]:
        """Give what the message may be in English, the likeliest first."""


@cache
def _ours() -> Ours:
    signatures = [signature for book in (lines(), reasons()) for signature in book.signatures]
    return Ours(
        [*(template for signature in signatures for template in signature.templates), *_SPANS],
        [sample for signature in signatures for sample in signature.match],
    )


@cache
def _own_words() -> frozenset[str]:
    """Give the words of AutoSSL's English: they stand in every lexicon, and tell no language."""
    signatures = [signature for book in (lines(), reasons()) for signature in book.signatures]
    samples = (text for signature in signatures for text in (*signature.match, *signature.templates))
    return frozenset(word[:WORD] for text in samples for word in _RUN_OF_WORDS.findall(text))


def kind_of(text: str) -> str:
    """Name the signature that claims an English text; "" if none does."""
    found = lines().find(text) or reasons().find(text)
    return found[0].id if found is not None else ""


def is_known(text: str) -> bool:
    """Tell whether a signature claims an English text."""
    return bool(kind_of(text))


@lru_cache(maxsize=4)
def _read(root: Path | None, path: str, changed: float, size: int, inode: int) -> Dictionary | None:
    """Read a lexicon; the file's own facts tell when it must be read again."""
    del changed, size, inode
    host = HostPaths(root)
    try:
        text = host.read_text(path, FILE_CAP)
    finally:
        host.close()
    return Dictionary(text.value, _ours(), kind_of) if isinstance(text, Known) else None


class ServerLanguage:
    """The language that the server writes its logs in."""

    def __init__(self, host: HostPaths) -> None:
        self._host = host
        self._dictionary: Dictionary | None = None
        self._looked = False

    def english(self, text: str) -> Iterator[str]:
        """Give what the message may be in English."""
        if not self._looked:
            self._looked = True
            self._dictionary = self._find()
        return self._dictionary.english(text) if self._dictionary is not None else iter(())

    def _find(self) -> Dictionary | None:
        written = self._host.read_text(SERVER_LOCALE, 200)
        name = written.value.strip().lower().replace("-", "_") if isinstance(written, Known) else ""
        if not _LANGUAGE.fullmatch(name) or name == "en" or name.startswith("en_"):
            return None
        for candidate in dict.fromkeys((name, name.partition("_")[0])):
            path = f"{LEXICONS}/{candidate}.yaml"
            facts = self._host.facts(path)
            if isinstance(facts, Known) and facts.value.regular:
                file = facts.value
                return _read(self._host.root, path, file.changed, file.size, file.inode)
        return None


class _File:
    """One lexicon of a directory. Its raw bytes tell quickly whether it can know a message at all.

    They are kept only as long as few messages were asked about: to read it costs less than to search it every time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw: bytes | None = None
        self._asked = 0
        self.dictionary: Dictionary | None = None

    def hits(self, words: Sequence[str]) -> int:
        """Count the words that stand in the file; 1 where it must be read to know."""
        raw = self._bytes()
        self._asked += 1
        if self._asked > MOST_ASKED or b"\\u" in raw or b"\\x" in raw:
            # Escaped letters cannot be searched for.
            return 1
        return sum(word.encode("utf-8", "replace") in raw for word in words)

    def read(self) -> Dictionary:
        """Read the lexicon."""
        if self.dictionary is None:
            self.dictionary = Dictionary(self._bytes().decode("utf-8", "replace"), _ours(), kind_of)
            self._raw = b""
        return self.dictionary

    def _bytes(self) -> bytes:
        if self._raw is None:
            try:
                with self._path.open("rb") as stream:
                    content = stream.read(FILE_CAP + 1)
            except OSError:
                content = b""
            self._raw = content if len(content) <= FILE_CAP else b""
        return self._raw


def _words(text: str) -> list[str]:
    """Give words of the message that tell its language, those with the rarest letters first."""
    words: dict[str, None] = {}
    for run in _RUN_OF_WORDS.findall(_URL.sub(" ", text)):
        if not run.isascii():
            # Such words stand in no blanks: both ends of a run may be parts of others.
            words |= {run[:PART]: None, run[-PART:]: None}
        elif len(run) >= SHORTEST:
            words[run[:WORD]] = None
    telling = [word for word in words if word not in _own_words()]
    return sorted(telling or [word for word in words if len(word) == WORD], key=str.isascii)[:WORDS_TRIED]


class DirectoryOfLanguages:
    """All lexicons of a directory; the one that knew the last message is asked first."""

    def __init__(self, directory: Path) -> None:
        names = sorted(path for path in directory.iterdir() if path.suffix in (".yaml", ".yml"))
        self._files = [_File(path) for path in names[:MOST_FILES] if path.is_file()]

    def english(self, text: str) -> Iterator[str]:
        """Give what the message may be in English."""
        for file in self._likely(text):
            for english in file.read().english(text):
                if is_known(english):
                    self._files.remove(file)
                    self._files.insert(0, file)
                    yield english
                    return

    def _likely(self, text: str) -> Iterator[_File]:
        """Give the lexicons that have been read, then the others that have words of the message."""
        yield from [file for file in self._files if file.dictionary is not None]
        unread = [file for file in self._files if file.dictionary is None]
        words = _words(text) if unread else []
        counted = [(-hits, number) for number, file in enumerate(unread) if (hits := file.hits(words))]
        for _, number in sorted(counted):
            yield unread[number]
