"""Root's side of the prober: requests, answers, who may read them, and an answer that arrives late."""

import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock

import pytest

from autossl_doctor.entry.probe import main
from autossl_doctor.host.replacing import replace_file
from autossl_doctor.model.served import Served
from autossl_doctor.probe.asking import ANSWER, LONGEST, REQUEST, answers, ask, remind
from autossl_doctor.probe.records import ANSWER_CAP, read_request, write_done, write_record
from autossl_doctor.probe.visits import LONGEST_RUN, Prober
from autossl_doctor.store.layout import PROBE_ANSWER, PROBE_REQUEST, RUN

AT = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
VISITS = [("shop.example", "192.0.2.10"), ("bakery.example", "192.0.2.10")]
SHOP = Served("shop.example", "192.0.2.10", AT, "served", "ab" * 32, "valid", AT + timedelta(days=30), "R11")
BAKERY = Served("bakery.example", "192.0.2.10", AT, "timeout")


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    """Where requests are left."""
    return tmp_path / "probe-request"


@pytest.fixture
def answer_file(tmp_path: Path) -> Path:
    """Where the answer arrives."""
    return tmp_path / "probe-answer"


def test_a_request_and_an_empty_answer_are_there_at_once(request_file: Path, answer_file: Path) -> None:
    """Both files belong to the one who asks, nobody else may read them, and nothing else is left behind."""
    identity = ask(VISITS, request_file, answer_file)
    asked = read_request(request_file.read_bytes())
    assert asked is not None
    assert (asked.id, list(asked.visits)) == (identity, VISITS)
    assert answer_file.read_bytes() == b""
    for file in (request_file, answer_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(file.name for file in request_file.parent.iterdir()) == ["probe-answer", "probe-request"]


def test_an_answer_is_there_when_it_is_whole(request_file: Path, answer_file: Path) -> None:
    """Until the last line with the right id has come, there is none."""
    identity = ask(VISITS, request_file, answer_file)
    assert answers(identity, request_file, answer_file) is None
    with answer_file.open("ab") as stream:
        stream.write(write_record(SHOP))
        stream.flush()
        assert answers(identity, request_file, answer_file) is None
        stream.write(write_record(BAKERY) + write_done(identity)[:-1])
        stream.flush()
        assert answers(identity, request_file, answer_file) is None
        stream.write(b"\n")
    assert answers(identity, request_file, answer_file) == (SHOP, BAKERY)


def test_the_program_answers_what_was_asked(request_file: Path, answer_file: Path) -> None:
    """The prober's own answer is taken, whatever came of the visits."""
    identity = ask(VISITS, request_file, answer_file)
    with request_file.open("rb") as asked, answer_file.open("wb") as answer:
        assert main(asked, answer, Prober(allowed=lambda _: False)) == 0
    seen = answers(identity, request_file, answer_file)
    assert seen is not None
    assert [(served.site, served.outcome) for served in seen] == [(site, "not_allowed") for site, _ in VISITS]


def test_a_late_answer_goes_to_nobody(request_file: Path, answer_file: Path) -> None:
    """A prober that still runs writes into the old file, and its id is not the new one."""
    first = ask(VISITS, request_file, answer_file)
    with answer_file.open("ab") as still_open:
        second = ask(VISITS, request_file, answer_file)
        still_open.write(write_record(SHOP) + write_done(first) + write_done(second))
    assert first != second
    assert answer_file.read_bytes() == b""
    assert answers(first, request_file, answer_file) is None
    assert answers(second, request_file, answer_file) is None
    answer_file.write_bytes(write_record(SHOP) + write_done(first))
    assert answers(second, request_file, answer_file) is None


def test_a_hostile_answer_brings_nothing(request_file: Path, answer_file: Path) -> None:
    """Other websites, other fields, too many lines and a size beyond the cap are no answer."""
    identity = ask(VISITS[:1], request_file, answer_file)
    answer_file.write_bytes(write_record(BAKERY) + b'{"site":"shop.example"}\n' + write_done(identity))
    assert answers(identity, request_file, answer_file) == ()
    for flood in (b"\n" * 5000, b"\n" * (4 * 1024 * 1024)):
        answer_file.write_bytes(flood + write_record(SHOP) + write_done(identity))
        assert answers(identity, request_file, answer_file) is None


def test_nothing_to_ask_for_asks_nothing(request_file: Path, answer_file: Path) -> None:
    """Without a website that can be visited the prober is not started."""
    assert ask([("*.shop.example", "192.0.2.10"), ("shop.example", "")], request_file, answer_file) == ""
    assert not request_file.exists()
    assert answers("", request_file, answer_file) is None


def test_links_and_folders_in_the_way(tmp_path: Path, request_file: Path, answer_file: Path) -> None:
    """A link is replaced and not followed; where no file can be there is no answer."""
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    request_file.symlink_to(victim)
    answer_file.symlink_to(victim)
    identity = ask(VISITS, request_file, answer_file)
    assert victim.read_text() == "untouched"
    answer_file.unlink()
    answer_file.symlink_to(victim)
    assert answers(identity, request_file, answer_file) is None
    answer_file.unlink()
    answer_file.mkdir()
    assert answers(identity, request_file, answer_file) is None


def test_a_file_that_cannot_take_its_place_leaves_no_trace(tmp_path: Path) -> None:
    """When the last step of writing fails, the half-made file is gone."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "taken", b"content")
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_the_program_runs_as_its_unit_starts_it(request_file: Path, answer_file: Path) -> None:
    """With the two files as standard input and output, and nothing else to go by, the answer arrives."""
    unit = Path(__file__).parents[2] / "plugin/system/autossl-doctor-probe.service"
    _, _, command = unit.read_text("utf-8").partition("\nExecStart=")
    words = command.partition("\n")[0].split()[1:]
    identity = ask([("shop.example", "10.255.254.253")], request_file, answer_file)
    with request_file.open("rb") as asked, answer_file.open("r+b") as answer:
        ended = subprocess.run(
            [sys.executable, *words], stdin=asked, stdout=answer, stderr=subprocess.PIPE, cwd="/", env={}, check=True
        )
    assert ended.stderr == b""
    seen = answers(identity, request_file, answer_file)
    assert seen is not None
    assert [served.outcome for served in seen] == ["not_allowed"]


def test_the_unit_keeps_what_the_code_relies_on() -> None:
    """The prober is nobody, reads and writes the two files and no other, and is ended before root stops waiting."""
    unit = (Path(__file__).parents[2] / "plugin/system/autossl-doctor-probe.service").read_text("utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in unit if "=" in line and not line.startswith("#"))
    assert settings["DynamicUser"] == "yes"
    assert settings["CapabilityBoundingSet"] == ""
    assert settings["StandardInput"] == f"file:{REQUEST}"
    assert settings["StandardOutput"] == f"file:{ANSWER}"
    assert settings["LimitFSIZE"] == f"{ANSWER_CAP // 1024**2}M"
    assert settings["RestrictAddressFamilies"] == "AF_INET AF_INET6"
    assert LONGEST_RUN < int(settings["TimeoutStartSec"]) < LONGEST.total_seconds()
    assert (Path(RUN, PROBE_REQUEST), Path(RUN, PROBE_ANSWER)) == (REQUEST, ANSWER)
    watched = (Path(__file__).parents[2] / "plugin/system/autossl-doctor-probe.path").read_text("utf-8")
    assert f"PathChanged={REQUEST}\n" in watched


# --- a request takes another one's place


def test_a_reminder_is_a_change_as_long_as_nothing_is_answered(request_file: Path, answer_file: Path) -> None:
    """The request stays what it was; once the prober is at work it is left alone."""
    identity = ask(VISITS, request_file, answer_file)
    before, content = request_file.stat(), request_file.read_bytes()
    assert not remind(request_file, answer_file)
    after = request_file.stat()
    assert (before.st_ino, before.st_mtime_ns) != (after.st_ino, after.st_mtime_ns)
    assert request_file.read_bytes() == content
    answer_file.write_bytes(write_record(SHOP))
    assert remind(request_file, answer_file)
    assert request_file.stat().st_mtime_ns == after.st_mtime_ns
    answer_file.write_bytes(write_record(SHOP) + write_record(BAKERY) + write_done(identity))
    assert answers(identity, request_file, answer_file) == (SHOP, BAKERY)


def test_a_prober_whose_answer_was_taken_away_makes_no_more_visits(request_file: Path, answer_file: Path) -> None:
    """What it has begun it ends, and nobody sees what it still writes."""
    made: list[str] = []
    first, taken_away = Lock(), Event()

    def allowed(address: str) -> bool:
        made.append(address)
        if first.acquire(blocking=False):
            ask(VISITS[:1], request_file, answer_file)
            taken_away.set()
        taken_away.wait()
        return False

    ask([(f"site-{number}.example", "192.0.2.10") for number in range(400)], request_file, answer_file)
    with request_file.open("rb") as asked, answer_file.open("wb") as answer:
        assert main(asked, answer, Prober(allowed=allowed)) == 0
    assert len(made) < 100
    assert answer_file.read_bytes() == b""
