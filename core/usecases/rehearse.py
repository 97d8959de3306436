"""通话前检测: who may use it. Its result is handed in with `join_queue` and stays with the ticket."""

from __future__ import annotations

from core.actor import Actor
from core.case import Action, require
from core.permissions import own
from core.ports import Desk


def may_rehearse(desk: Desk, actor: Actor, case_id: str) -> None:
    """Raise unless this customer has this case and it may still come to a call (`NotAllowed`, `WrongState`).

    Asked every two seconds while the customer's picture is on, so it reads one row.
    """
    with desk.read(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        require(case, Action.WITNESS)
