"""A million lines of noise and ten thousand damaged hosts.

make soak                              all of it
make soak LINES=20000 DAMAGES=200      less
make soak SEED=7                       other ones
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.soak.hosts import Soak, sound_hosts
from tests.soak.noise import Noise
from tests.soak.texts import complaints

LINES, DAMAGES = 1_000_000, 10_000
WARM = 0.2
"""What part of the way memory may grow on, until everything has been loaded and compiled."""
MOST_GROWTH = 24.0
MOST_TOLD = 20


def main() -> int:
    """Soak everything, print what was found and the memory, and answer 1 if anything must not be."""
    seed = int(os.environ.get("SEED", "1"))
    lines, damages = int(os.environ.get("LINES", LINES)), int(os.environ.get("DAMAGES", DAMAGES))
    noise = Noise(seed)
    found = _watched("lines of noise", lines, ((len(text), complaints(noise, text)) for text in noise.texts(lines)))
    with tempfile.TemporaryDirectory(prefix="autossl-doctor-soak-") as directory:
        top = Path(directory)
        soaks = [Soak(root, top / f"aside-{root.name}", seed) for root in sound_hosts(top)]
        turns = ((1, list(soaks[number % len(soaks)].complaints())) for number in range(damages))
        found += _watched("damaged hosts", damages, turns)
    for complaint in found[:MOST_TOLD]:
        print(f"WRONG: {complaint}")
    return 1 if found else 0


def _watched(what: str, total: int, turns: Iterable[tuple[int, list[str]]]) -> list[str]:
    """Go through all of it and keep an eye on memory, which may not grow once the programs are warm."""
    began, done, warm = time.monotonic(), 0, 0.0
    found: list[str] = []
    for size, complaint in turns:
        done += size
        found += complaint
        if not warm and done >= total * WARM:
            warm = memory()
    grown = memory() - warm
    print(f"{total:,} {what} in {time.monotonic() - began:.0f} s: {len(found)} wrong")
    print(f"  memory {memory():.0f} MiB, {grown:+.1f} MiB since a fifth of it")
    return [*found, f"memory grew by {grown:.1f} MiB over {what}"] if grown > MOST_GROWTH else found


def memory() -> float:
    """Tell how much memory this process holds now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


if __name__ == "__main__":
    sys.exit(main())
