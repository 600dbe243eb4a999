"""A small soak with every run of the tests; the large one is `make soak`."""

import tempfile
from pathlib import Path

import pytest

from tests.soak.damage import Damage
from tests.soak.hosts import Soak, judged, sound_hosts
from tests.soak.noise import HEALTHY, Noise
from tests.soak.texts import complaints

LINES, DAMAGES, PARTS = 20_000, 200, 4


@pytest.fixture(scope="module")
def top() -> Path:
    """A directory for hosts that are built once."""
    return Path(tempfile.mkdtemp(prefix="autossl-doctor-soak-"))


@pytest.fixture(scope="module")
def hosts(top: Path) -> list[Path]:
    """The hosts that are damaged."""
    return sound_hosts(top)


@pytest.mark.parametrize("seed", range(PARTS))
def test_noise_breaks_nothing_and_never_seems_healthy(seed: int) -> None:
    """Broken messages, foreign logs and gibberish are judged without a crash and never as health."""
    noise = Noise(seed)
    for text in noise.texts(LINES // PARTS):
        assert complaints(noise, text) == []


@pytest.mark.parametrize("seed", range(PARTS))
def test_damaged_hosts_break_nothing(hosts: list[Path], tmp_path: Path, seed: int) -> None:
    """Whatever happens to its files, a host is judged, no secret is shown and no trouble turns into health."""
    for number, root in enumerate(hosts):
        soak = Soak(root, tmp_path / str(number), seed)
        for _ in range(DAMAGES // PARTS // len(hosts)):
            assert list(soak.complaints()) == []


def test_the_noise_is_the_same_for_the_same_seed_and_of_many_kinds() -> None:
    """A find can be repeated, and noise is not one line again and again."""
    some, same, other = (list(Noise(seed).texts(500)) for seed in (1, 1, 2))
    assert some == same != other
    assert len({line for text in some for line in text}) > 300


def test_health_would_be_complained_of() -> None:
    """What the soak looks for, it would find."""
    noise = Noise(1)
    noise.record = lambda line: {"timestamp": "2026-11-20T02:17:01Z", "type": "out", "indent": 3, "contents": line}  # type: ignore[method-assign]
    noise.dressed = lambda line: line  # type: ignore[method-assign]
    found = complaints(noise, ["Analyzing “shop.example” (website) …", "TLS Status: OK"])
    assert any("seems healthy" in each for each in found)


def test_the_sound_hosts_are_sick_enough(hosts: list[Path]) -> None:
    """Most websites are in trouble before any damage; a host without trouble would prove nothing."""
    for root in hosts:
        sites = judged(root).sites
        assert sites
        assert any(site.main.cause not in HEALTHY for site in sites)


def test_damage_is_put_right_again(hosts: list[Path], tmp_path: Path) -> None:
    """After each damage the tree is what it was before, file by file."""

    def state() -> dict[str, object]:
        return {
            str(path): path.readlink() if path.is_symlink() else (path.stat().st_mode, path.read_bytes())
            for path in sorted(hosts[0].rglob("*"))
            if path.is_symlink() or path.is_file()
        }

    before, damage = state(), Damage(hosts[0], 3)
    changed = 0
    for _ in range(30):
        with damage.done(tmp_path):
            present = {str(path) for path in hosts[0].rglob("*") if path.is_symlink() or path.is_file()}
            changed += present != set(before)
        assert state() == before
    assert changed
