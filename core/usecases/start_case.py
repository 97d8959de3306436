"""Start a business, or find the one that is open (R066)."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.businesses import BUSINESSES
from core.case import Case, State
from core.errors import NotAllowed, WrongState
from core.ports import Desk, Work
from core.rules.calendar import local_day
from core.usecases.loading import settle


def start_case(desk: Desk, actor: Actor, business: str, branch_id: str, phone: str) -> Case:
    """The customer's open case of this business, or a new one; `WrongState` when another business is open."""
    if business not in BUSINESSES or actor.is_staff:
        raise NotAllowed
    with desk.write(actor.firm_id) as work:
        found = work.cases.find_open(actor.id, _customer_id(actor))
        if found is not None:
            if found.business != business:
                raise WrongState("您有一项业务正在办理，请先完成或放弃后再办理其他业务。")
            return found
        case = _new_case(work, actor, business, branch_id)
        work.cases.add_case(case)
        work.cases.save_answer(case.id, "identity", {"phone": phone})
        work.audit(actor, Tag.CUSTOMER_CASE_START, f"case:{case.id}", business=business)
        return settle(work, case)


def _customer_id(actor: Actor) -> str | None:
    return actor.id.removeprefix("customer:") if actor.id.startswith("customer:") else None


def _new_case(work: Work, actor: Actor, business: str, branch_id: str) -> Case:
    branches = [branch.id for branch in work.firms.branches()]
    customer_id = _customer_id(actor)
    customer = work.people.find_customer(customer_id=customer_id) if customer_id else None
    if customer and business == "open_account" and customer.capital_account:
        raise WrongState("您已经开立期货账户，可以选择其他业务。")
    known = {"opened": list(customer.exchanges), "investor_class": customer.investor_class} if customer else {}
    return Case(
        id=work.new_id(),
        firm_id=work.firm_id,
        number=case_number(work),
        business=business,
        owner=actor.id,
        branch_id=branch_id if branch_id in branches else branches[0],
        state=State.FILLING,
        version=1,
        created_at=work.now,
        updated_at=work.now,
        rules=work.firms.current_versions(),
        customer_id=customer_id,
        clear=known,
    )


def case_number(work: Work) -> str:
    """16 digits: firm number (4), day (6), running number (6) (R016)."""
    firm = work.firms.firm().number.zfill(4)[-4:]
    return f"{firm}{local_day(work.now):%y%m%d}{work.number('case') % 1_000_000:06d}"
