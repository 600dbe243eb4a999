"""Colour and weight on a terminal, and nothing at all anywhere else."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.text import Text

_STYLES = {
    "critical": "bold white on red",
    "warning": "bold yellow",
    "notice": "bold cyan",
    "ok": "bold green",
}


class Paint:
    """Styles pieces of text where the output is a terminal that shows colours."""

    def __init__(self, stream: TextIO, *, plain: bool = False) -> None:
        self._on = not plain and stream.isatty()
        self._console = Console(file=stream, force_terminal=self._on, highlight=False, soft_wrap=True)

    def strong(self, text: str) -> str:
        """Make it stand out."""
        return self._styled(text, "bold")

    def dim(self, text: str) -> str:
        """Make it stand back."""
        return self._styled(text, "dim")

    def severity(self, text: str, severity: str) -> str:
        """Show a severity by its word, and by a colour as well."""
        return self._styled(f" {text} ", _STYLES.get(severity, "")) if self._on else f"[{text}]"

    def _styled(self, text: str, style: str) -> str:
        if not self._on:
            return text
        with self._console.capture() as captured:
            self._console.print(Text(text, style=style), end="")
        return captured.get()
