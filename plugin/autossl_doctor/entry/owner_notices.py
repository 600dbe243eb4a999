"""The answers to a click, by their ids; the words stand with the page."""

from __future__ import annotations

NOTICES = (
    "started",
    "key_type_saved",
    "excluded",
    "included",
    "looking",
    "confirm",
    "running",
    "just_started",
    "ca_limit",
    "ledger_limit",
    "nothing_changed",
    "autossl_off",
    "feature",
    "demo",
    "suspended",
    "no_report",
    "failed",
    "refused",
)
WARNINGS = ("ledger_limit", "nothing_changed")
"""After these the button insists: "try anyway"."""
DONE = {
    "retry": "started",
    "save_key_type": "key_type_saved",
    "exclude": "excluded",
    "include": "included",
    "look": "looking",
}
