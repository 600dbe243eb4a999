"""The page's templates: compiled by the build, read as they are in a checkout."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import BaseLoader, Environment, FileSystemLoader, ModuleLoader, StrictUndefined

from autossl_doctor import __version__

if TYPE_CHECKING:
    from pathlib import Path

_WEB = f"{__file__.rpartition('/')[0].rpartition('/')[0]}/web"
SOURCES = f"{_WEB}/templates"
COMPILED = f"{_WEB}/compiled"
PAGE = "page.html"


@cache
def environment() -> Environment:
    """Give the one environment of the pages: everything is escaped, and a missing value is an error."""
    try:
        # The build leaves this file; there is no cheaper way to see it without the operating system's module.
        with open(f"{COMPILED}/{_module(PAGE)}", "rb"):  # noqa: PTH123 - a page does not pay for pathlib
            return _environment(ModuleLoader(COMPILED))
    except OSError:
        return _environment(FileSystemLoader(SOURCES))


def _environment(loader: BaseLoader) -> Environment:
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["version"] = __version__
    return made


def _module(name: str) -> str:
    return f"{ModuleLoader.get_template_key(name)}.py"


def compile_to(directory: str | Path) -> None:
    """Write the templates as Python modules; called by the build."""
    _environment(FileSystemLoader(SOURCES)).compile_templates(directory, zip=None, ignore_errors=False)
