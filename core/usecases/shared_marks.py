"""One ID number, phone, card or device behind several customers: found by blind indexes, decided by the reviewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.case import STATE_TITLES, Case
from core.errors import WrongState
from core.flow import Proof
from core.ports import Work
from core.records_watch import MARKS
from core.rules.masks import mask_name
from core.sentence import Sentence
from core.steps.bank import cards
from core.usecases.loading import Loaded

PROOF = "match"
"""Kind of the proof of what a reviewer decided: subject `<mark>:<whom>`, fingerprint the shared value's index."""


@dataclass(frozen=True)
class Match:
    """Somebody else with the same value; `ref` is `case:<id>` or `customer:<id>`. Masked, so reading it is no read."""

    kind: str
    ref: str
    index: str
    name: str
    known_as: str
    verdict: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """What a decision is about."""
        return f"{self.kind}:{self.ref}"


def values_of(loaded: Loaded) -> list[tuple[str, str]]:
    """(kind, value) of everything in the case by which a person is known."""
    profile, identity = loaded.facts.values("profile"), loaded.facts.values("identity")
    found = [("id_number", profile.get("id_number")), ("phone", profile.get("phone") or identity.get("phone"))]
    found += [("card", card["number"]) for card in cards(loaded.facts.values("bank"))]
    return [(kind, str(value)) for kind, value in found if value]


def keep_marks(work: Work, loaded: Loaded) -> None:
    """Remember what a case that is handed in shows, so that later ones are compared with it."""
    for kind, value in values_of(loaded):
        work.watch.mark(kind, value, f"case:{loaded.case.id}")


def matches(work: Work, loaded: Loaded) -> list[Match]:
    """Who else has the same, with what was decided about it; the same customer is nobody else."""
    case = loaded.case
    own = (f"case:{case.id}", case.owner)
    found: dict[str, Match] = {}
    for kind, index in work.watch.marks_of(own):
        for subject in work.watch.sharing(kind, index, own):
            other = _case_behind(work, subject)
            if other and not _same_customer(case, other):
                match = _of_case(work, kind, index, other)
                found.setdefault(match.key, match)
    for match in _customers(work, loaded):
        found.setdefault(match.key, match)
    return [_decided(match, loaded.facts.proofs) for match in found.values()]


def _case_behind(work: Work, subject: str) -> Case | None:
    kind, _, row_id = subject.partition(":")
    if kind == "case":
        return work.cases.find(row_id)
    return next(iter(work.cases.of_owner(subject, row_id if kind == "customer" else None)), None)


def _same_customer(case: Case, other: Case) -> bool:
    return case.id == other.id or case.owner == other.owner or _known(case) & _known(other) != set()


def _known(case: Case) -> set[str]:
    return {case.customer_id} if case.customer_id else set()


def _of_case(work: Work, kind: str, index: bytes, other: Case) -> Match:
    if other.customer_id:
        customer = work.people.find_customer(customer_id=other.customer_id)
        if customer:
            return Match(kind, f"customer:{customer.id}", index.hex(), mask_name(customer.name), "已有客户")
    profile = work.cases.answers(other.id).get("profile")
    name = mask_name(str(profile.values.get("name") or "")) if profile else ""
    return Match(
        kind,
        f"case:{other.id}",
        index.hex(),
        name,
        Sentence("受理单 {number}（{STATE_TITLES}）", number=other.number, STATE_TITLES=STATE_TITLES[other.state]),
    )


def _customers(work: Work, loaded: Loaded) -> Iterable[Match]:
    """Customers on file with the same ID number or phone; their cases may be older than the marks."""
    for kind, value in values_of(loaded):
        for customer in work.people.customers_with(kind, value) if kind in {"id_number", "phone"} else ():
            if customer.id != loaded.case.customer_id and f"customer:{customer.id}" != loaded.case.owner:
                index = work.keys.index(kind, value).hex()
                yield Match(kind, f"customer:{customer.id}", index, mask_name(customer.name), "已有客户")


def _decided(match: Match, proofs: Iterable[Proof]) -> Match:
    for proof in reversed(tuple(proofs)):
        if (proof.kind, proof.subject, proof.fingerprint) == (PROOF, match.key, match.index):
            verdict, note = str(proof.body["verdict"]), str(proof.body["note"])
            return Match(match.kind, match.ref, match.index, match.name, match.known_as, verdict, note)
    return match


def require_decided_matches(work: Work, loaded: Loaded) -> None:
    """Raise `WrongState` while somebody with the same values is undecided, or was refused."""
    found = matches(work, loaded)
    open_ones = [match for match in found if not match.verdict]
    if open_ones:
        titles = "、".join(dict.fromkeys(MARKS[match.kind] for match in open_ones))
        raise WrongState(Sentence("其他客户有相同的{titles}，请先逐项判断。", titles=titles))
    if any(match.verdict == "refuse" for match in found):
        raise WrongState("相同信息的判断为拒绝，请驳回这笔业务。")
