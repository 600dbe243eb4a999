"""Wakes the causes that a website's facts name, and contains the crash of any of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autossl_doctor.model.cause import Cause
from autossl_doctor.model.evidence import Failure, HostEvidence, SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, CannotTell, Match

Found = list[tuple[Cause, Match]]


@dataclass(slots=True)
class Judgement:
    """What the causes answered: matches, what they could not tell, and rules that crashed."""

    found: Found = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)


class Judge:
    """Holds all causes; which of them a set of facts wakes is worked out once for each set."""

    def __init__(self, causes: Iterable[Cause]) -> None:
        self.causes = {cause.id: cause for cause in causes}
        self._by_failure: dict[str, list[Cause]] = {}
        for cause in self.causes.values():
            for kind in cause.failures:
                self._by_failure.setdefault(kind, []).append(cause)
        self._woken: dict[frozenset[str], tuple[Cause, ...]] = {}
        self._server = tuple(cause for cause in self.causes.values() if cause.judge_server)

    def depth(self, kind: str, fields: Mapping[str, str]) -> int | None:
        """Give the rank of the cause that claims a name's failure, or None."""
        cause = self._claiming(kind, fields)
        return cause.rank if cause else None

    def _claiming(self, kind: str, fields: Mapping[str, str]) -> Cause | None:
        for cause in self._by_failure.get(kind, ()):
            if all(fields.get(name) in values for name, values in cause.where.items()):
                return cause
        return None

    def server(self, host: HostEvidence) -> Judgement:
        """Ask the causes that concern the whole host."""
        judgement = Judgement()
        for cause in self._server:
            try:
                _add(judgement, cause, cause.judge_server(host)) if cause.judge_server else None
            except Exception as error:  # noqa: BLE001 - one broken rule must not cost the other answers
                judgement.crashed.append(f"{cause.id}: {type(error).__name__}: {error}")
        return judgement

    def site(self, evidence: SiteEvidence) -> Judgement:
        """Ask the causes that the facts of a website wake."""
        judgement = Judgement()
        if evidence.failures:
            self._symptoms(evidence, judgement)
        kinds = evidence.kinds
        woken = self._woken.get(kinds)
        if woken is None:
            woken = tuple(cause for cause in self.causes.values() if cause.judge and cause.wakes & kinds)
            self._woken[kinds] = woken
        for cause in woken:
            try:
                _add(judgement, cause, cause.judge(evidence)) if cause.judge else None
            except Exception as error:  # noqa: BLE001 - one broken rule must not cost the other answers
                judgement.crashed.append(f"{cause.id}: {type(error).__name__}: {error}")
        if len(judgement.found) > 1:
            outranked = frozenset[str]().union(*(cause.outranks for cause, _ in judgement.found))
            judgement.found = [pair for pair in judgement.found if pair[0].id not in outranked]
        return judgement

    def _symptoms(self, evidence: SiteEvidence, judgement: Judgement) -> None:
        """Group the names by the plain symptom that claims them, and by what sets two findings of it apart."""
        groups: dict[tuple[str, tuple[str, ...]], list[Failure]] = {}
        for failure in evidence.failures:
            cause = None if failure.unpointed else self._claiming(failure.kind, failure.fields)
            if cause is not None and cause.judge is None:
                # A cause with a rule of its own speaks for its names itself.
                parts = tuple(failure.fields.get(name, "") for name in cause.parts_by)
                groups.setdefault((cause.id, parts), []).append(failure)
        for (cause_id, _), failures in groups.items():
            cause = self.causes[cause_id]
            match = symptom(cause, failures, evidence)
            try:
                match = cause.refine(match, failures) if cause.refine else match
            except Exception as error:  # noqa: BLE001 - the plain symptom stands without it
                judgement.crashed.append(f"{cause.id}: {type(error).__name__}: {error}")
            judgement.found.append((cause, match))


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


def _add(judgement: Judgement, cause: Cause, answer: Answer) -> None:
    if isinstance(answer, Match):
        judgement.found.append((cause, answer))
    elif isinstance(answer, CannotTell):
        judgement.missing.extend(answer.missing)
