"""What cron would make of `/etc/cron.d/cpanel_autossl` (facts, section 6): the job it runs, or why it runs none.

The rules are those of the cron programs of EL and Ubuntu: a file of the system's crontab directory belongs to root,
nobody else may write or anybody execute it, a job has five time fields (or a name such as @daily), a user and a
command, and the last line ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cronsim import CronSim, CronSimError

from autossl_doctor.model.moment import parse_moment

COMMAND = "autossl_check"
QUEUE_COMMAND = "autossl_check_cpstore_queue"
_VARIABLE = re.compile(r"""["']?([A-Za-z_][A-Za-z0-9_]{0,80})["']?[ \t]{0,80}=(.*)""")
_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_TIME_FIELD = re.compile(r"[\d*,/A-Za-z-]+")
_TIME_FIELDS = 5
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_ANY_DAY = parse_moment("2026-01-01T00:00:00Z")


@dataclass(frozen=True, slots=True)
class Job:
    """The job that cron runs (`problem` is ""), or the line that it refuses and why."""

    expression: str = ""
    command: str = ""
    problem: str = ""
    line: str = ""
    zone: str = ""


def read_job(text: str) -> Job | None:
    """Find the AutoSSL job in a crontab, or the line that should be one. None if the file holds neither."""
    zone = ""
    refused: Job | None = None
    for line in _lines(text):
        content = line.strip(" \t\n")
        if not content:
            continue
        if content.startswith("#"):
            if COMMAND in content and refused is None:
                refused = Job(problem="commented_out", line=content)
            continue
        variable = _VARIABLE.fullmatch(content)
        if variable and not content[0].isdigit():
            if variable.group(1) == "CRON_TZ":
                zone = variable.group(2).strip(" \t\"'")
            continue
        job = _read_line(content, ended=line.endswith("\n"))
        if not job.problem and _checks_all(job.command):
            return Job(job.expression, job.command, "", content, zone)
        if job.problem and (refused is None or refused.problem == "commented_out"):
            refused = job
    return refused


def _checks_all(command: str) -> bool:
    """Tell whether a command is the check of all accounts, not of one, and not the queue's own job."""
    return COMMAND in command and QUEUE_COMMAND not in command and "--user" not in command


def _lines(text: str) -> list[str]:
    """Part a text as cron does: at line feeds only."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _read_line(content: str, *, ended: bool) -> Job:
    if "\r" in content:
        # The sign would become part of the command.
        return Job(problem="bad_line", line=content)
    if content.startswith("@"):
        name, *rest = content.split(None, 1)
        expression = _NAMED.get(name.lower(), "")
        if not expression:
            return Job(problem="bad_line", line=content)
        words = rest[0].split(None, 1) if rest else []
    else:
        parts = content.split(None, _TIME_FIELDS)
        times = parts[:_TIME_FIELDS]
        wrong = [number for number, part in enumerate(times) if not _TIME_FIELD.fullmatch(part)]
        if wrong or len(times) < _TIME_FIELDS:
            # A user or a path where a time belongs: the line has too few time fields.
            looks_short = bool(wrong) and ("/" in times[wrong[0]][:1] or _is_word(times, wrong[0] - 1))
            return Job(problem="field_count" if looks_short or not wrong else "bad_line", line=content)
        if _is_word(times, _TIME_FIELDS - 1):
            return Job(problem="field_count", line=content)
        expression = " ".join(times)
        words = parts[_TIME_FIELDS].split(None, 1) if len(parts) > _TIME_FIELDS else []
    return _read_command(expression, words, content, ended=ended)


def _is_word(times: list[str], index: int) -> bool:
    """Tell whether a field holds a user's name rather than a time (names of months and days have three letters)."""
    field = times[index] if 0 <= index < len(times) else ""
    return field.isalpha() and len(field) > 3  # noqa: PLR2004 - the length of "mon"


def _read_command(expression: str, words: list[str], content: str, *, ended: bool) -> Job:
    try:
        CronSim(expression, _ANY_DAY)  # type: ignore[arg-type]
    except (CronSimError, ValueError, OverflowError):
        return Job(problem="bad_line", line=content)
    if "#" in expression or "l" in expression.lower().replace("jul", ""):
        # The library knows more than cron does: "last day" and "second Friday".
        return Job(problem="bad_line", line=content)
    if not words:
        return Job(problem="no_user", line=content)
    user, command = words[0], words[1] if len(words) > 1 else ""
    if "/" in user or COMMAND in user:
        return Job(problem="no_user", line=content)
    if _TIME_FIELD.fullmatch(user) and not user.isalpha() and not _USER.fullmatch(user):
        return Job(problem="field_count", line=content)
    if not command or not _USER.fullmatch(user):
        return Job(problem="bad_line", line=content)
    if user != "root" and COMMAND in command:
        return Job(problem="wrong_user", line=content)
    if not ended:
        return Job(problem="no_newline", line=content)
    return Job(expression, command, "", content)
