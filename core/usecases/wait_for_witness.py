"""The customer's side of the video queue: join, see the own place, leave (R147-R150)."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import WrongState
from core.permissions import own
from core.ports import Desk
from core.records import QueuePlace, Ticket
from core.rules.service_hours import ServiceHours
from core.steps.device import call_ready
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded, calendar_around
from core.usecases.reservations import priority_of


def join_queue(desk: Desk, actor: Actor, case_id: str) -> Ticket:
    """Take a place in the branch's queue; a place or call that is still live is returned (reload, two tabs)."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.WITNESS, "witness")
        live = work.queue.find_live(case_id)
        if live:
            return live
        if loaded.business.step("witness").is_done(loaded.facts, loaded.rules, loaded.now):
            raise WrongState("视频验证已经通过，请继续下一步。")
        _require_device(loaded)
        hours = ServiceHours.of(loaded.rules["service_hours"], "witness")
        if not hours.is_open(work.now, calendar_around(work)):
            raise WrongState(f"现在不在视频服务时间。服务时间：{hours.sentence()}。")
        own_window = priority_of(work, loaded.case)
        ticket = work.queue.join(case_id, loaded.case.branch_id, loaded.case.business, **own_window)
        work.audit(actor, Tag.CUSTOMER_QUEUE_JOIN, f"case:{case_id}", ticket=ticket.id)
        return ticket


def _require_device(loaded: Loaded) -> None:
    if not call_ready(loaded.facts.values("device")):
        raise WrongState("这台设备还不能视频通话。请回到“设备检测”，或换一台有摄像头的设备登录。")


def look_at_queue(desk: Desk, actor: Actor, case_id: str) -> QueuePlace | None:
    """The own place, or the call that runs; None when there is neither. A waiting customer is marked as seen."""
    with desk.read(actor.firm_id) as work:
        own(actor, work.cases.get(case_id))
        live = work.queue.find_live(case_id)
        if live is None:
            return None
        place = work.queue.place(live)
        due = (work.now - live.seen_at).total_seconds() > 8
    if live.state == "waiting" and due:
        with desk.write(actor.firm_id) as work:
            work.queue.seen(live.id)
    return place


def leave_queue(desk: Desk, actor: Actor, case_id: str) -> None:
    """Give the place back; nothing happens when there is none."""
    with desk.write(actor.firm_id) as work:
        own(actor, work.cases.get(case_id))
        live = work.queue.find_live(case_id)
        if live and work.queue.leave(live.id, actor.id):
            work.audit(actor, Tag.CUSTOMER_QUEUE_LEAVE, f"case:{case_id}", ticket=live.id)


def call_partner(desk: Desk, actor: Actor, case_id: str) -> tuple[str, str]:
    """Name and 执业证号 of the witness in the running call (operating guide: shown to the customer)."""
    with desk.read(actor.firm_id) as work:
        own(actor, work.cases.get(case_id))
        live = work.queue.find_live(case_id)
        member = work.people.find_staff(staff_id=live.staff_id) if live and live.staff_id else None
    return (member.name, member.licence) if member else ("", "")
