"""法定保全: what a court, a regulator or a dispute needs is not deleted while the hold stands."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import Stale
from core.permissions import Permission, allow
from core.ports import Desk
from core.records_retention import LegalHold
from core.sentence import Sentence

MOST_REASON = 200


def set_hold(desk: Desk, actor: Actor, number: str, reason: str) -> dict[str, str]:
    """Keep everything of the case with this 受理单号 until the hold is lifted; errors by field."""
    words = reason.strip()
    errors: dict[str, str] = {}
    if not 0 < len(words) <= MOST_REASON:
        errors["reason"] = Sentence("请写明保全的依据，最多 {most} 字。", most=MOST_REASON)
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.RETENTION_MANAGE)
        case = work.cases.find_number(number.strip())
        if case is None:
            errors["number"] = "没有这个受理单号，请核对后再填。"
        elif work.retention.is_held(case.id):
            errors["number"] = "这笔受理单已经在保全中。"
        elif work.retention.find_erasure(case.id):
            errors["number"] = "这笔受理单的资料已经删除，没有可以保全的内容。"
        if errors or case is None:
            return errors
        work.retention.add_hold(LegalHold(work.new_id(), case.id, case.number, words, actor.id, work.now))
        work.audit(actor, Tag.STAFF_HOLD_SET, f"case:{case.id}")
    return {}


def lift_hold(desk: Desk, actor: Actor, hold_id: str) -> None:
    """End a hold; from then on the ordinary time counts. Raises `Stale` when it does not stand."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.RETENTION_MANAGE)
        hold = next((each for each in work.retention.holds() if each.id == hold_id), None)
        if hold is None or not work.retention.lift_hold(hold_id, actor.id):
            raise Stale
        work.audit(actor, Tag.STAFF_HOLD_LIFT, f"case:{hold.case_id}")
