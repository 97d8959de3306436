"""The customer gives a business up (放弃); allowed until it is approved (R180, R187)."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.businesses import business
from core.case import Action, Case, next_state, require
from core.errors import WrongState
from core.permissions import own
from core.ports import Desk, Work
from core.usecases.reservations import release


def abandon_case(desk: Desk, actor: Actor, case_id: str) -> None:
    """End the case; a waiting place in the queue is given back, a running call is over."""
    with desk.write(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        abandon(work, actor, case)


def abandon(work: Work, actor: Actor, case: Case) -> None:
    """End the case inside the caller's transaction."""
    require(case, Action.ABANDON)
    if business(case.business).by_firm:
        raise WrongState("这项业务由期货公司发起，不能放弃。需要帮助请拨打服务热线。")
    work.queue.give_up(case.id, actor.id)
    release(work, case)
    state = next_state(case.state, Action.ABANDON)
    work.cases.change(case, state=state, closed_at=work.now, reviewer_id=None, reviewer_until=None)
    work.audit(actor, Tag.CUSTOMER_CASE_ABANDON, f"case:{case.id}")
