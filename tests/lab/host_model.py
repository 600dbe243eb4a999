"""What a test says about a server: its panel, its schedule and the runs that it remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

from tests.lab.run_model import Run
from tests.lab.website_model import KeyType, Site


class Cron(Enum):
    """The scheduled job's file, where a test does not give its text."""

    SCHEDULED = "as cPanel writes it"
    MISSING = "no file"


@dataclass(frozen=True, kw_only=True)
class Nat:
    """A server behind address translation: its public address, its own, and whether it reaches itself."""

    public: str
    local: str
    works: bool = True


@dataclass(frozen=True, kw_only=True)
class ProblemRow:
    """A row that stands in the problems database before the first run that the host remembers."""

    domain: str
    username: str
    problem: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """A row of the pending queue, for example one left over from a former provider."""

    domain_set_name: str
    username: str
    order_item_id: str
    request_time: datetime
    last_poll_time: datetime
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Host:
    """A server at the moment `now`; the defaults are a healthy one that nobody has to look at."""

    now: datetime
    zone: str = "Asia/Tokyo"
    version: str = "11.134.0.12"
    provider: str | None = "LetsEncrypt"
    """The module name; None: AutoSSL is switched off."""
    provider_installed: bool = True
    address: str = "192.0.2.10"
    nat: Nat | None = None
    sites: tuple[Site, ...] = ()
    seed: int = 1
    server_key_type: KeyType = "rsa-2048"
    clobber_external: bool = False
    """Whether AutoSSL may replace defective certificates that it did not make."""
    metadata: Mapping[str, int | str] = field(default_factory=dict)
    """Further keys of autossl.json's metadata."""
    feature_lists: Mapping[str, Mapping[str, bool]] = field(
        default_factory=lambda: {"default": {}, "basic": {"autossl": False}}
    )
    """Feature lists by name; "disabled" is the list that wins over the others."""
    server_locale: str = "en"

    cron: str | Cron = Cron.SCHEDULED
    cron_mode: int = 0o644
    cron_owner: int | None = None
    """Another owner of the job's file; takes effect only when the builder runs as root."""
    autossl_check_mode: int | None = 0o755
    """The mode of the scheduled command; None: it is gone."""
    minute: int = 17
    hours: tuple[int, ...] | None = None
    """The hours of the schedule, in the host's zone; None: those of the provider."""

    runs: tuple[Run, ...] | None = None
    """Exactly these runs; None: those of the schedule."""
    run_count: int | None = None
    """How many scheduled runs the host remembers; None: those of one day."""
    silent_for: timedelta = timedelta(0)
    """For how long no scheduled run has happened."""
    extra_runs: tuple[Run, ...] = ()
    """Further runs, for example those of one account."""
    batch: int | None = None
    """For scheduled runs, as in `Run`."""
    pace: float = 0.8
    proc: bool = False
    """Whether the tree has its own /proc, in which exactly the live runs are alive."""

    problems: tuple[ProblemRow, ...] = ()
    problems_journal: Literal["delete", "wal", "wal-pending"] = "wal"
    """Wal-pending: the rows are still in the `-wal` file beside the database."""
    queue: tuple[QueueRow, ...] = ()
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    """Last of all, files to replace (path below the root: new content) or to remove (None)."""
