"""What a laboratory may choose: limits, canaries, and the ways in which the stand-in misbehaves on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


class Misbehaviour(Enum):
    """What may go wrong with an answer of the LiveAPI."""

    NONE = auto()
    ERROR_BEFORE = auto()
    """`<error>words</error>` stands before the JSON."""
    ODD_CHUNKS = auto()
    """The answer arrives in pieces of odd lengths that part characters and tags."""
    VERY_LARGE = auto()
    """The answer is as large as `Settings.very_large`."""
    END_TAG_INSIDE = auto()
    """A text inside the JSON holds the closing tag."""
    NEWLINE_AFTER = auto()
    """A line break follows the closing tag."""
    NOT_JSON = auto()
    """The tags hold something that is no JSON."""
    TRUNCATED = auto()
    """Half of the answer, then the end of the connection."""
    CLOSED = auto()
    """No answer: the connection ends."""
    SLOW = auto()
    """The answer begins after `Settings.slow_seconds`."""
    NEVER_ENDING = auto()
    """The JSON goes on and on without an end."""
    SILENT = auto()
    """No answer, and the connection stays open."""


class Body(Enum):
    """How much of a request's body reaches the script, whatever CONTENT_LENGTH says."""

    WHOLE = auto()
    HALF = auto()
    NONE = auto()


@dataclass(frozen=True)
class DemoAccount:
    """An account that the login page offers to a stranger, with a few words on what there is to see."""

    user: str
    password: str
    note: str = ""
    note_ja: str = ""
    """The same words in Japanese, if there are any."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Limits are stricter than a server's; `Cpsrvd.settings` may be replaced between two requests."""

    # Requests
    largest_body: int = MEBIBYTE
    largest_login: int = 8 * KIBIBYTE
    body: Body = Body.WHOLE
    api_tokens: Mapping[str, str] = field(default_factory=dict)
    """Accounts that may come with `Authorization: cpanel user:token`."""
    basic_users: frozenset[str] = frozenset()
    """Accounts that may come with Basic authentication and their password."""
    page: str = "/frontend/jupiter/autossl_doctor/index.live.cgi"
    """Where a login leads."""
    content_security_policy: str | None = None

    # Scripts
    working_directory: Path | None = None
    """Where scripts start; None is the directory of the script."""
    seconds: float = 60
    largest_output: int = 16 * MEBIBYTE
    largest_stderr: int = MEBIBYTE
    memory: int = 512 * MEBIBYTE
    cpu_seconds: int = 30
    largest_file: int = 64 * MEBIBYTE
    umask: int = 0
    """Nothing is withheld, so that a page which relies on somebody else's umask shows."""
    trusted_uid: int = 0
    """Whose files are executed: root's, also where root is only the root of a user namespace."""
    password_canary: str = "canary-remote-password-b1946ac92492d234"
    """The content of REMOTE_PASSWORD, which may not show up anywhere."""

    # LiveAPI
    socket_directory: Path | None = None
    """Where the sockets' private directories are made; None is a new directory for temporary files."""
    wrapped: bool = True
    """Whether a result stands inside `cpanelresult`, or is the JSON itself."""
    misbehaviour: Misbehaviour = Misbehaviour.NONE
    misbehaves_on: str = ""
    """The full name of the function whose answers go wrong, `enable` for the first answer, or nothing for all calls."""
    very_large: int = 24 * MEBIBYTE
    slow_seconds: float = 3
