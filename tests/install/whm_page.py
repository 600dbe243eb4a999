"""A page in WHM for the tests, because this version has none: it proves that the steps for one work."""

import struct
import zlib
from pathlib import Path

from tools.manifest.writing import write_all

CGI = "/usr/local/cpanel/whostmgr/docroot/cgi/autossl_doctor/index.cgi"
ICON = "/usr/local/cpanel/whostmgr/docroot/addon_plugins/autossl_doctor.png"
RECORD = "/opt/autossl-doctor/whm-plugin/autossl_doctor.conf"
SAID = "A page of the tests, for"
_PAGE = f"""#!/bin/sh
printf 'Status: 200 OK\\r\\nContent-Type: text/plain; charset=utf-8\\r\\n\\r\\n{SAID} %s\\n' "$REMOTE_USER"
"""
_PAGES = """  whm:
    urls: [/cgi/autossl_doctor/index.cgi]
    icon: autossl_doctor.png
    search: ssl tls autossl certificate renewal
    record: {record}
"""
_FILE = '  - {{from: {source}, to: {place}, mode: "{mode}", what: a page of the tests}}\n'


def picture(size: int = 48) -> bytes:
    """A blue square as a PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = (b"\0" + b"\x1f\x6f\xeb" * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def with_whm_page(sources: Path) -> None:
    """Put the page into a copy of the sources, and make everything that is made from the manifest anew."""
    page = sources / "plugin/whm/index.cgi"
    page.parent.mkdir(parents=True)
    page.write_text(_PAGE, encoding="utf-8")
    page.chmod(0o755)
    (sources / "plugin/whm/autossl_doctor.png").write_bytes(picture())
    path = sources / "cpanel_plugin.yaml"
    text = path.read_text(encoding="utf-8")
    files = {
        "plugin/whm/index.cgi": (CGI, "0755"),
        "plugin/whm/autossl_doctor.png": (ICON, "0644"),
        "plugin/whm/autossl_doctor.conf": (RECORD, "0644"),
    }
    lines = "".join(_FILE.format(source=source, place=place, mode=mode) for source, (place, mode) in files.items())
    text = text.replace("\n# Everything is root's.", _PAGES.format(record=RECORD) + "\n# Everything is root's.", 1)
    path.write_text(text.replace("\nlinks:\n", f"{lines}\nlinks:\n", 1), encoding="utf-8")
    write_all(sources)
