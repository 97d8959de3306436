"""A case as staff open it: for one purpose, with a row in the audit first, and never by its own witness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.actor import Actor
from core.case import AFTER_APPROVAL, Action, Case, State, require
from core.errors import NotAllowed, NotFound, WrongState
from core.flow import Rejection
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Callback, CallLine, Document, ExchangeRequest
from core.rules.knowledge_test import Attempt
from core.rules.two_clocks import Clocks
from core.steps.access import TEST
from core.steps.witness import RECORDED
from core.usecases.call_lines import FOR_CUSTOMER
from core.usecases.case_clocks import case_clocks
from core.usecases.customer_file import phone_in
from core.usecases.loading import Loaded, load
from core.usecases.playback import Scripts
from core.usecases.serve_customer import script_marks

PURPOSES: Mapping[str, Permission] = {
    "callback": Permission.CALLBACK_RECORD,
    "inspection": Permission.EVIDENCE_EXPORT,
    "report": Permission.CASE_REPORT,
    "review": Permission.CASE_APPROVE,
}
"""What a case is opened for -> the permission it needs; the purpose stands in the audit."""
HEARING = ("inspection", "review")
"""Purposes for which the calls are looked at again, and so what was written in them."""
REVEALABLE = ("cards", "phone")


@dataclass(frozen=True)
class RejectionNote:
    """One rejection with what only staff may read: its author and the internal note."""

    rejection: Rejection
    author: str
    internal: str


@dataclass(frozen=True)
class CaseFile:
    """Everything staff see of one case. `names` gives the names of staff by actor (`staff:<id>`).

    `scripts` has the ticked steps of each recorded call, `lines` what witness and customer wrote in any call, `tests`
    the online tests that were taken; `phone` is the number that counts now (it may be younger than the case).
    """

    loaded: Loaded
    branch: str
    account: str | None
    documents: tuple[Document, ...]
    history: tuple[RejectionNote, ...]
    requests: tuple[ExchangeRequest, ...]
    callbacks: tuple[Callback, ...]
    names: Mapping[str, str]
    scripts: Scripts
    lines: tuple[CallLine, ...]
    clocks: Clocks
    tests: tuple[Attempt, ...]
    phone: str

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.loaded.case


def read_case(desk: Desk, actor: Actor, case_id: str, purpose: str) -> CaseFile:
    """Open a case for one of `PURPOSES`; the reading is on record before anything is read.

    Raises `NotAllowed` for another's or an own-witnessed case, `WrongState` when there is nothing to do in it.
    """
    _record(desk, actor, case_id, purpose, purpose)
    with desk.read(actor.firm_id) as work:
        lines = work.calls.lines(case_id, FOR_CUSTOMER) if purpose in HEARING else []
        return _file(work, case_id, tuple(lines))


def find_case(desk: Desk, actor: Actor, number: str) -> str:
    """Id of the case with this 16-digit number, for inspection; raises `NotFound`."""
    with desk.read(actor.firm_id) as work:
        allow(actor, PURPOSES["inspection"])
        case = work.cases.find_number(number.strip())
    if case is None:
        raise NotFound("没有这个受理单号，请核对后再查。")
    return case.id


def reveal(desk: Desk, actor: Actor, case_id: str, purpose: str, what: str) -> None:
    """Put on record that somebody looks at full card numbers or the phone number (one of `REVEALABLE`)."""
    if what not in REVEALABLE:
        raise NotAllowed
    _record(desk, actor, case_id, purpose, f"{purpose}:{what}")


def _record(desk: Desk, actor: Actor, case_id: str, purpose: str, shown: str) -> None:
    with desk.write(actor.firm_id) as work:
        allow(actor, PURPOSES[purpose])
        _may_open(work, actor, case_id, purpose)
        work.personal_read(actor, f"case:{case_id}", shown)


def _may_open(work: Work, actor: Actor, case_id: str, purpose: str) -> None:
    case = work.cases.get(case_id)
    if purpose == "callback":
        require(case, Action.CALL_BACK)
    elif purpose == "report":
        if case.state not in AFTER_APPROVAL:
            raise WrongState
    elif purpose == "inspection":
        return
    elif work.cases.witness_of(case_id) == actor.staff_id:
        raise NotAllowed("您见证过这笔业务，不能再复核。")
    elif case.state is not State.IN_REVIEW or case.reviewer_id != actor.staff_id:
        raise NotAllowed("请先领取这笔业务。")


def _file(work: Work, case_id: str, lines: tuple[CallLine, ...]) -> CaseFile:
    loaded = load(work, case_id)
    notes = work.cases.internal_notes(case_id)
    names = {f"staff:{member.id}": member.name for member in work.people.all_staff()}
    pairs = zip(loaded.facts.rejections, notes, strict=True)
    return CaseFile(
        loaded=loaded,
        branch=str(loaded.rules["branches"].get(loaded.case.branch_id, "")),
        account=account_of(work, loaded.case),
        documents=tuple(work.documents.of_case(case_id, "signed", "sealed")),
        history=tuple(RejectionNote(r, names.get(by, by), internal) for r, (_stage, by, internal) in pairs),
        requests=tuple(work.results.requests(case_id)),
        callbacks=tuple(work.results.callbacks(case_id)),
        names=names,
        scripts=_scripts(work, loaded),
        lines=lines,
        clocks=case_clocks(work, loaded.case, work.casework.events(case_id)),
        tests=_tests(work, loaded),
        phone=_phone(work, loaded),
    )


def _phone(work: Work, loaded: Loaded) -> str:
    facts, customer_id = loaded.facts, loaded.case.customer_id
    customer = work.people.find_customer(customer_id=customer_id) if customer_id else None
    return phone_in(facts, customer) if customer else str(facts.values("profile").get("phone") or "")


def account_of(work: Work, case: Case) -> str | None:
    """The capital account that this case opened, or that its customer had before."""
    customer = work.people.find_customer(customer_id=case.customer_id) if case.customer_id else None
    return work.results.account_of(case.id) or (customer.capital_account if customer else None)


def _scripts(work: Work, loaded: Loaded) -> Scripts:
    recorded = {item.meta.get("ticket") for slot in RECORDED.values() for item in loaded.facts.slot(slot)}
    return {ticket: script_marks(work.queue.find(ticket)) for ticket in map(str, recorded)}


def _tests(work: Work, loaded: Loaded) -> tuple[Attempt, ...]:
    """The online tests of the case, an earlier one first whose result is used here."""
    own = work.knowledge.of_case(loaded.case.id)
    used = {str(proof.body["test"]) for proof in loaded.facts.proofs if proof.kind == TEST} - {each.id for each in own}
    return (*filter(None, (work.knowledge.find(each) for each in sorted(used))), *own)
