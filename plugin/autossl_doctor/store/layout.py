"""Where the doctor keeps things (design: Processes and privileges).

Functions that read or write take these places as parameters, so that tests have places of their own; no variable of the
environment and no file moves them. Plain text and no path objects: an account's page imports this.
"""

from __future__ import annotations

STATE = "/var/lib/autossl-doctor"
RUN = "/run/autossl-doctor"
ROOT = 0
"""The user who owns everything but the records that accounts leave."""

REPORTS = "reports"
INBOX = "inbox"
ODD = "odd"
"""What stood in the place of something else is moved here, readable for root only."""

REPORT = "report.json"
LIVE = "live.json"
MEMORY = "memory.json"
"""What is remembered of an account's websites; the page reads it beside the report."""
DATABASE = "state.db"
"""What is remembered of the whole server; root only."""
FORM_KEY = "form.key"
LOCK = "lock"
SERVER = "server.json"
SERVED = "served.json"
SERVED_NEW = "served-new.jsonl"
SERVED_GATHERED = "served-gathered.jsonl"
"""What was seen since the whole server was judged last; the other one while it is being put to the rest."""

TO_VISIT = "to-visit.json"
CLICKS = "clicks"
"""What accounts say that they did, until the memory takes it over."""
WAKE = "wake"
PROBE_REQUEST = "probe-request"
PROBE_ANSWER = "probe-answer"

SCHEMA = 1
REPORT_CAP = 16 * 1024 * 1024
LIVE_CAP = 256 * 1024
MEMORY_CAP = 4 * 1024 * 1024
RECORD_CAP = 1024
"""A record for root and the content of a lock are this small, so that nobody fills a disk with them."""

VERBS = ("retry", "save_key_type", "exclude", "include", "look")
"""What an account may say that it did."""


def report_directory(uid: int, state: str = STATE) -> str:
    """Give the directory that holds an account's report; only root and the account's group may enter it."""
    return f"{state}/{REPORTS}/{uid}"


def inbox_directory(uid: int, state: str = STATE) -> str:
    """Give the directory in which an account leaves its records; it may add to it, but not list it."""
    return f"{state}/{INBOX}/{uid}"
