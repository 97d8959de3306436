"""What a customer sees of the own businesses: the lists, what follows a submission, the signed documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.actor import Actor
from core.businesses import business
from core.case import WITH_CUSTOMER, Case, State
from core.permissions import own
from core.ports import Desk, Work
from core.records import Document, ExchangeRequest
from core.sentence import Sentence
from core.usecases.begin_supplement import begin_supplement, wanted_of
from core.usecases.expiry import expires_on
from core.usecases.loading import Loaded, load
from core.usecases.read_case import account_of
from core.usecases.start_case import customer_id_of


@dataclass(frozen=True)
class OwnCase:
    """A row of 我的业务; `step` is the title of the current step while the customer has to do something.

    `note` says until when: why and until which day the firm wants a 补签协议, when a silent case is no longer valid.
    """

    case: Case
    title: str
    step: str
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the firm did with a submitted case so far; `callback_due` is set while the call is still to come.

    Two are equal as long as nothing has happened in between.
    """

    version: int
    account: str | None
    requests: tuple[ExchangeRequest, ...]
    documents: tuple[Document, ...]
    callback_due: datetime | None
    calls: int


def _own(work: Work, actor: Actor) -> list[Case]:
    return work.cases.of_owner(actor.id, customer_id_of(actor))


def own_cases(desk: Desk, actor: Actor) -> list[OwnCase]:
    """All businesses of the customer, newest first (R178), what waits for a 补签协议 among them."""
    own_open_case(desk, actor)
    with desk.read(actor.firm_id) as work:
        return [_row(work, case) for case in _own(work, actor)]


def own_open_case(desk: Desk, actor: Actor) -> OwnCase | None:
    """The one open business of the customer (R066); what waits for a 补签协议 becomes one where none is open."""
    with desk.read(actor.firm_id) as work:
        case = work.cases.find_open(actor.id, customer_id_of(actor))
        if case:
            return _row(work, case)
    case = begin_supplement(desk, actor)
    if case is None:
        return None
    with desk.read(actor.firm_id) as work:
        return _row(work, case)


def _row(work: Work, case: Case) -> OwnCase:
    declared = business(case.business)
    titles = {step.key: step.title for step in declared.steps}
    return OwnCase(case, declared.title, titles.get(case.current_step, ""), _deadline(work, case))


def deadline_of(desk: Desk, case: Case) -> str:
    """What the customer should know about the time left for a case at hand; empty: nothing."""
    with desk.read(case.firm_id) as work:
        return _deadline(work, case)


def _deadline(work: Work, case: Case) -> str:
    """What the customer should know about the time left for a case that is with the customer; empty: nothing."""
    if case.state not in WITH_CUSTOMER:
        return ""
    wanted = wanted_of(work, case)
    if wanted:
        late = (
            Sentence("已过截止日期 {due_on}，请尽快签署。", due_on=wanted.due_on)
            if wanted.overdue
            else Sentence("请在 {due_on}（含）前签署。", due_on=wanted.due_on)
        )
        if not wanted.consequence:
            return Sentence("{reason}。{late}", reason=wanted.reason, late=late)
        said = "{reason}。{late}逾期未签署的，{consequence}。"
        return Sentence(said, reason=wanted.reason, late=late, consequence=wanted.consequence)
    ends = expires_on(work, case)
    return Sentence("将于 {ends} 失效，请继续办理。", ends=ends) if ends else ""


def own_case(desk: Desk, actor: Actor, case_id: str) -> Loaded:
    """One business of the customer, whatever its state; raises `NotAllowed` or `NotFound`."""
    with desk.read(actor.firm_id) as work:
        own(actor, work.cases.get(case_id))
        return load(work, case_id)


def outcome_of(desk: Desk, actor: Actor, case_id: str) -> Outcome:
    """What became of a submitted case; raises `NotAllowed` for a foreign one."""
    with desk.read(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        return Outcome(
            version=case.version,
            account=account_of(work, case),
            requests=tuple(work.results.requests(case_id)),
            documents=tuple(work.documents.of_case(case_id, "signed", "sealed")),
            callback_due=case.due_at if case.state is State.CALLBACK else None,
            calls=len(work.results.callbacks(case_id)),
        )
