"""Puts the Perl side of a panel into a tree: its interpreter's name, small modules, and stub master templates.

The templates are rendered by the real Template Toolkit of the machine (Debian's libtemplate-perl); the modules and the
master templates around a page are stubs, written afresh from the documentation.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.lab.commands.appconfig_record import DOCUMENT_ROOT
from tests.lab.cpsrvd.documents import FRONTEND, RENDERER

_HERE = Path(__file__).parent
_PANEL = "usr/local/cpanel"
_INTERPRETER = '#!/bin/sh\nexec /usr/bin/perl -I/usr/local/cpanel "$@"\n'
_PLACES: Mapping[str, str] = {
    "perl/Cpanel/Template.pm": f"{_PANEL}/Cpanel/Template.pm",
    "perl/Cpanel/Template/Plugin/JSON.pm": f"{_PANEL}/Cpanel/Template/Plugin/JSON.pm",
    "perl/Cpanel/Template/Plugin/Whostmgr.pm": f"{_PANEL}/Cpanel/Template/Plugin/Whostmgr.pm",
    "perl/Whostmgr/ACLS.pm": f"{_PANEL}/Whostmgr/ACLS.pm",
    "perl/render_page.pl": RENDERER,
    "master.tmpl": f"{DOCUMENT_ROOT}/templates/master_templates/master.tmpl",
    "master.html.tt": f"{FRONTEND}/_assets/master.html.tt",
}


def write_templates(tree: Path) -> None:
    """Write all of them; accounts may read them."""
    for source, place in _PLACES.items():
        _write(tree / place, (_HERE / source).read_text(encoding="utf-8"), 0o755 if place == RENDERER else 0o644)
    _write(tree / _PANEL / "3rdparty/bin/perl", _INTERPRETER, 0o755)


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
