"""Icons as the panel wants them: pictures of 48 × 48, and for the interface of accounts drawings as well."""

import struct
import zlib
from pathlib import Path

SIDE = 48
_MAGIC = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">II")


def transparent_png() -> bytes:
    """A picture for tests in which there is nothing to see."""
    rows = (b"\0" + bytes(4 * SIDE)) * SIDE
    header = _HEADER.pack(SIDE, SIDE) + b"\x08\x06\0\0\0"
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return _MAGIC + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def trouble_with(path: Path) -> str | None:
    """Why a file is no icon; None: it is one."""
    content = path.read_bytes()
    match path.suffix:
        case ".png":
            right = content[:8] == _MAGIC and content[16:24] == _HEADER.pack(SIDE, SIDE)
            return None if right else f"{path.name} is no PNG of {SIDE} × {SIDE}"
        case ".svg":
            return None if b"<svg" in content else f"{path.name} is no SVG"
        case ".gif" | ".jpg" | ".jpeg":
            return None
    return f"{path.name} is no picture"
