"""What a page asks over the LiveAPI, and what a function answers: the contract with those who write functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """One call of a UAPI function, made as the account whose page it is."""

    user: str
    uid: int
    module: str
    function: str
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The function's full name, such as `SSL::start_autossl_check`."""
        return f"{self.module}::{self.function}"


@dataclass(frozen=True)
class Result:
    """The answer of a function: `status` is 1 or 0; `Features::has_feature` also knows None."""

    data: object = None
    errors: tuple[str, ...] = ()
    status: int | None = 1


Function = Callable[[Call], Result]
"""A function may read and change the machine as it likes: it has to act as `call.uid` by itself."""

Functions = Mapping[str, Function]
"""Functions by full name. A name that the stand-in knows itself is replaced."""


def refusal(text: str) -> Result:
    """A call that failed, with the reason in words."""
    return Result(errors=(text,), status=0)
