"""README says what is so."""

from autossl_doctor.entry.usage import parser
from tests.readme import README, with_table


def test_the_list_of_causes_is_current() -> None:
    """The table of causes is what `python -m tests.readme` would write."""
    text = README.read_text("utf-8")
    assert with_table(text) == text


def test_every_command_is_described() -> None:
    """Each command of the program stands in README."""
    text = README.read_text("utf-8")
    commands = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]  # noqa: SLF001
    assert commands
    for command in commands:
        assert f"autossl-doctor {command}" in text
