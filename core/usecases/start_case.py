"""Start a business, or find the one that is open (R066)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.businesses import BUSINESSES
from core.case import Case, State
from core.errors import NotAllowed, NotYet, WrongState
from core.ports import Desk, Work
from core.records import Customer
from core.rules.calendar import local_day
from core.usecases.block_list import NEUTRAL, stopped
from core.usecases.customer_file import begin_from_file
from core.usecases.eligibility import closed_now, why_not
from core.usecases.loading import rules_for, settle

_BLOCKED = "您有一项业务正在办理，请先完成或放弃后再办理其他业务。"
_BLOCKED_BY_FIRM = "您有协议需要补签，请先在“我的业务”中完成，再办理其他业务。"


def start_case(desk: Desk, actor: Actor, business: str, branch_id: str, phone: str) -> Case:
    """The customer's open case of this business, or a new one.

    `WrongState`: another business is open. `NotYet`: this customer may not begin this one now, and why.
    """
    if business not in BUSINESSES or BUSINESSES[business].by_firm or actor.is_staff:
        raise NotAllowed
    with desk.write(actor.firm_id) as work:
        found = work.cases.find_open(actor.id, customer_id_of(actor))
        if found is not None:
            if found.business != business:
                raise WrongState(_BLOCKED_BY_FIRM if BUSINESSES[found.business].by_firm else _BLOCKED)
            return found
        closed = closed_now(work, branch_id)
        if closed:
            raise NotYet(closed)
        customer = customer_of(work, actor)
        refusal = why_not(work, BUSINESSES[business], customer)
        if refusal:
            raise NotYet(refusal.text, refusal.instead)
        known = {"id_number": customer.id_number if customer else "", "phone": customer.phone if customer else phone}
        if not stopped(work, known, "start"):
            return open_case(work, actor, business, branch_id, {"identity": {"phone": phone}}, customer)
    raise NotYet(NEUTRAL)


def customer_id_of(actor: Actor) -> str | None:
    """Id of the customer on file behind a session; None for somebody known by phone only."""
    return actor.id.removeprefix("customer:") if actor.id.startswith("customer:") else None


def customer_of(work: Work, actor: Actor) -> Customer | None:
    """The customer on file behind a session."""
    customer_id = customer_id_of(actor)
    return work.people.find_customer(customer_id=customer_id) if customer_id else None


def open_case(
    work: Work, actor: Actor, business: str, branch_id: str, answers: Mapping[str, Mapping[str, Any]],
    customer: Customer | None = None,
) -> Case:  # fmt: skip
    """Write a new case with its first answers and what it takes from the customer file."""
    case = _new_case(work, actor, business, branch_id, customer)
    work.cases.add_case(case)
    for key, values in answers.items():
        work.cases.save_answer(case.id, key, values)
    if customer:
        case = begin_from_file(work, case, customer, BUSINESSES[business].takes)
    work.audit(actor, Tag.CUSTOMER_CASE_START, f"case:{case.id}", business=business)
    return settle(work, case)


def _new_case(work: Work, actor: Actor, business: str, branch_id: str, customer: Customer | None) -> Case:
    branches = [branch.id for branch in work.firms.branches()]
    known = {"opened": list(customer.exchanges), "investor_class": customer.investor_class} if customer else {}
    known |= _device(work, actor)
    return Case(
        id=work.new_id(),
        firm_id=work.firm_id,
        number=case_number(work),
        business=business,
        owner=f"customer:{customer.id}" if customer else actor.id,
        branch_id=branch_id if branch_id in branches else branches[0],
        state=State.FILLING,
        version=1,
        created_at=work.now,
        updated_at=work.now,
        rules=rules_for(work).versions,
        customer_id=customer.id if customer else None,
        clear=known,
    )


def _device(work: Work, actor: Actor) -> dict[str, str]:
    """The kind of device that the case is begun on (the channel of the figures); nothing where none is known."""
    session = work.people.find_session(session_id=actor.session_id) if actor.session_id else None
    return {"device": session.device} if session and session.device and not actor.is_staff else {}


def case_number(work: Work) -> str:
    """16 digits: firm number (4), day (6), running number (6) (R016)."""
    firm = work.firms.firm().number.zfill(4)[-4:]
    return f"{firm}{local_day(work.now):%y%m%d}{work.number('case') % 1_000_000:06d}"
