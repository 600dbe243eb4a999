"""The functions about AutoSSL for programs other than the task queue: each call is forwarded to it."""

from dataclasses import replace
from pathlib import Path

from tests.lab.cpsrvd.calls import Call, Functions, Result
from tests.lab.panel.asking import QUEUE, ask
from tests.lab.panel.functions import ALL


def registry(place: Path) -> Functions:
    """The functions by full name."""

    def forward(call: Call) -> Result:
        result = ask(place, QUEUE, "call", call=replace(call, args=dict(call.args)))
        if not isinstance(result, Result):
            raise TypeError(f"the task queue answered {result!r}")
        return result

    return dict.fromkeys(ALL, forward)
