"""The languages that a log may be written in: the server's own, or all of a directory that a person names.

Nothing is read before a message asks for it, and every file is read once: an English log costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from autossl_doctor.collect.languages.dictionary import Dictionary, Ours
from autossl_doctor.collect.languages.lexicon_file import FILE_CAP
from autossl_doctor.collect.signatures.lexicon import lines, reasons
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known

LEXICONS = "/usr/local/cpanel/locale"
SERVER_LOCALE = "/var/cpanel/server_locale"
MOST_FILES = 64
_LANGUAGE = re.compile(r"[a-z][a-z0-9]{0,15}(?:_[a-z0-9]{1,16}){0,3}")
_RUN_OF_WORDS = re.compile(r"[^\W\d_]{4,}")
_WORDS_TRIED = 12


class Language(Protocol):
    """Reads a message back into English."""

    def english(self, text: str) -> Iterator[str]:
        """Give what the message may be in English, the likeliest first."""


@cache
def _ours() -> Ours:
    books = (lines(), reasons())
    return Ours([template for book in books for signature in book.signatures for template in signature.templates])


def is_known(text: str) -> bool:
    """Tell whether a signature claims an English text."""
    return lines().find(text) is not None or reasons().find(text) is not None


@lru_cache(maxsize=4)
def _read(root: Path | None, path: str, changed: float, size: int, inode: int) -> Dictionary | None:
    """Read a lexicon; the file's own facts tell when it must be read again."""
    del changed, size, inode
    host = HostPaths(root)
    try:
        text = host.read_text(path, FILE_CAP)
    finally:
        host.close()
    return Dictionary(text.value, _ours(), is_known) if isinstance(text, Known) else None


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
    """One lexicon of a directory: its raw text tells quickly whether it can know a message at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._dictionary: Dictionary | None = None
        self._raw: str | None = None

    def english(self, text: str) -> Iterator[str]:
        if self._raw is None:
            try:
                with self._path.open("rb") as stream:
                    content = stream.read(FILE_CAP + 1)
            except OSError:
                content = b""
            self._raw = content.decode("utf-8", "replace") if len(content) <= FILE_CAP else ""
        if self._dictionary is None:
            # Escaped letters cannot be searched for.
            if "\\u" not in self._raw and not any(word in self._raw for word in _words(text)):
                return iter(())
            self._dictionary = Dictionary(self._raw, _ours(), is_known)
            self._raw = ""
        return self._dictionary.english(text)


def _words(text: str) -> list[str]:
    """Give words of the message, those with the rarest letters first."""
    words = [run[:6] for run in _RUN_OF_WORDS.findall(text)]
    return sorted(dict.fromkeys(words), key=str.isascii)[:_WORDS_TRIED]


class DirectoryOfLanguages:
    """All lexicons of a directory; the one that knew the last message is asked first."""

    def __init__(self, directory: Path) -> None:
        names = sorted(path for path in directory.iterdir() if path.suffix in (".yaml", ".yml"))
        self._files = [_File(path) for path in names[:MOST_FILES] if path.is_file()]

    def english(self, text: str) -> Iterator[str]:
        """Give what the message may be in English."""
        for place, file in enumerate(self._files):
            for english in file.english(text):
                if is_known(english):
                    self._files.insert(0, self._files.pop(place))
                    yield english
                    return
