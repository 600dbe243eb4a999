"""Wakes the causes that a website's facts name, and contains the crash of any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from autossl_doctor.model.cause import Cause
from autossl_doctor.model.evidence import Failure, HostEvidence, SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, CannotTell, Match

Facts = TypeVar("Facts")
Found = list[tuple[Cause, Match]]
Rule = tuple[Cause, Callable[[Facts], Answer]]


class Judgement(NamedTuple):
    """What the causes answered: matches, what they could not tell, and rules that crashed."""

    found: Found
    missing: Sequence[str]
    crashed: Sequence[str]


class Judge:
    """Holds all causes; which of them a set of facts wakes is worked out once for each set."""

    def __init__(self, causes: Iterable[Cause]) -> None:
        self.causes = {cause.id: cause for cause in causes}
        self._by_failure: dict[str, list[Cause]] = {}
        for cause in self.causes.values():
            for kind in cause.failures:
                self._by_failure.setdefault(kind, []).append(cause)
        self._woken: dict[frozenset[str], list[Rule[SiteEvidence]]] = {}
        self._server = [(cause, cause.judge_server) for cause in self.causes.values() if cause.judge_server]

    def depth(self, kind: str, fields: Mapping[str, str]) -> int | None:
        """Give the rank of the cause that claims a name's failure, or None."""
        cause = self._claiming(kind, fields)
        return cause.rank if cause else None

    def _claiming(self, kind: str, fields: Mapping[str, str]) -> Cause | None:
        for cause in self._by_failure.get(kind, ()):
            if not cause.where or all(fields.get(name) in values for name, values in cause.where.items()):
                return cause
        return None

    def server(self, host: HostEvidence) -> Judgement:
        """Ask the causes that concern the whole host."""
        crashed: list[str] = []
        found, missing = _ask(self._server, host, crashed)
        return Judgement(found, missing, crashed)

    def site(self, evidence: SiteEvidence) -> Judgement:
        """Ask the causes that the facts of a website wake."""
        crashed: list[str] = []
        symptoms = self._symptoms(evidence, crashed) if evidence.failures else []
        kinds = evidence.kinds
        woken = self._woken.get(kinds)
        if woken is None:
            woken = [(cause, cause.judge) for cause in self.causes.values() if cause.judge and cause.wakes & kinds]
            self._woken[kinds] = woken
        found, missing = _ask(woken, evidence, crashed)
        found = symptoms + found if symptoms else found
        if len(found) > 1:
            outranked = frozenset[str]().union(*(cause.outranks for cause, _ in found))
            found = [pair for pair in found if pair[0].id not in outranked]
        return Judgement(found, missing, crashed)

    def _symptoms(self, evidence: SiteEvidence, crashed: list[str]) -> Found:
        """Group the names by the plain symptom that claims them, and by what sets two findings of it apart."""
        groups: dict[tuple[str, tuple[str, ...]], list[Failure]] = {}
        for failure in evidence.failures:
            cause = None if failure.unpointed else self._claiming(failure.kind, failure.fields)
            if cause is not None and cause.judge is None:
                # A cause with a rule of its own speaks for its names itself.
                parts = tuple(failure.fields.get(name, "") for name in cause.parts_by)
                groups.setdefault((cause.id, parts), []).append(failure)
        found: Found = []
        for (cause_id, _), failures in groups.items():
            cause = self.causes[cause_id]
            match = symptom(cause, failures, evidence)
            try:
                match = cause.refine(match, failures) if cause.refine else match
            except Exception as error:  # noqa: BLE001 - the plain symptom stands without it
                crashed.append(_crash(cause, error))
            found.append((cause, match))
        return found


def symptom(cause: Cause, failures: Sequence[Failure], evidence: SiteEvidence) -> Match:
    """Make the match of a plain symptom: the most important name leads, the others follow."""
    first = failures[0]
    names = tuple(failure.name for failure in failures)
    args: dict[str, Argument] = {"domain": first.name} if first.name else {}
    args.update((name, first.fields[source]) for name, source in cause.passes.items() if first.fields.get(source))
    if len(names) > 1:
        args["others"] = names[1:]
    if "server_ip" in cause.args and evidence.website.address:
        args["server_ip"] = evidence.website.address
    mail = next((name for name in names if name.startswith("mail.")), "")
    if "mail" in cause.args and mail:
        args["mail"] = mail
    seen = tuple(dict.fromkeys(item for failure in failures for item in failure.evidence))
    return Match(args, names, evidence.confidence, seen)


def _ask(rules: Iterable[Rule[Facts]], evidence: Facts, crashed: list[str]) -> tuple[Found, Sequence[str]]:
    """Ask rule by rule: what matches, and what is missing where one cannot tell."""
    found: Found = []
    missing: Sequence[str] = ()
    for cause, rule in rules:
        try:
            answer = rule(evidence)
        except Exception as error:  # noqa: BLE001 - one broken rule must not cost the other answers
            crashed.append(_crash(cause, error))
            continue
        if isinstance(answer, Match):
            found.append((cause, answer))
        elif isinstance(answer, CannotTell):
            missing = (*missing, *answer.missing)
    return found, missing


def _crash(cause: Cause, error: Exception) -> str:
    return f"{cause.id}: {type(error).__name__}: {error}"
