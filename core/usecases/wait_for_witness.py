"""The customer's side of the video queue: join, see the own place, leave (R147-R150)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.case import Action, Case
from core.errors import WrongState
from core.permissions import own
from core.ports import Desk, Work
from core.queueing import (
    HEARTBEAT,
    HISTORY,
    HISTORY_CALLS,
    HISTORY_LEAST,
    QueueTimes,
    expected_wait,
    handling_time,
    queue_times,
    wait_in_minutes,
)
from core.records import Duty, QueuePlace, Ticket
from core.rules.calendar import local_day
from core.rules.firm_choices import FIRM, line_of
from core.rules.rehearsal import KEPT_FOR, Rehearsal
from core.rules.service_hours import ServiceHours
from core.sentence import Sentence
from core.steps.device import call_ready
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded, calendar_around, kept_for_a_minute, rules_for
from core.usecases.own_data import require_consent
from core.usecases.reservations import priority_of

TOLD_FOR = timedelta(hours=12)
"""How long the page of a customer says how the last waiting ended."""
CLOSING_SOON = timedelta(minutes=10)


def join_queue(desk: Desk, actor: Actor, case_id: str, rehearsal: Rehearsal | None = None) -> Ticket:
    """Take a place in the line of the branch or of the firm (C20); a live place or call is returned (reload, two tabs).

    `rehearsal` goes with the ticket while it is fresh: the witness reads it, and the uplink chooses the picture's size.
    """
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.WITNESS, "witness")
        live = work.queue.find_live(case_id)
        if live:
            return live
        if loaded.business.step("witness").is_done(loaded.facts, loaded.rules, loaded.now):
            raise WrongState("视频验证已经通过，请继续下一步。")
        require_consent(work, loaded)
        _require_device(loaded)
        hours = hours_of(work, loaded.case)
        if not hours.is_open(work.now, calendar_around(work)):
            raise WrongState(Sentence("现在不在视频服务时间。服务时间：{hours}。", hours=hours.sentence()))
        case, branch_id = loaded.case, _line(work, loaded)
        position = len(work.queue.waiting(branch_id)) + 1
        wait = _expected(work, case, branch_id, work.duty.able(branch_id, case.business), position)
        promised = None if wait is None else round(wait.total_seconds())
        extra = {**priority_of(work, case), **_fresh(work, rehearsal)}
        ticket = work.queue.join(case_id, branch_id, case.business, promised_s=promised, **extra)
        work.audit(actor, Tag.CUSTOMER_QUEUE_JOIN, f"case:{case_id}", ticket=ticket.id)
        return ticket


def _line(work: Work, loaded: Loaded) -> str:
    """The branch whose witnesses serve this customer; the firm's first one where the whole firm is one line (C20)."""
    whole = line_of(rules_for(work)["business_rules"]) == FIRM
    return work.firms.branches()[0].id if whole else loaded.case.branch_id


def _fresh(work: Work, rehearsal: Rehearsal | None) -> dict[str, Any]:
    return {"rehearsal": rehearsal.stored()} if rehearsal and work.now - rehearsal.at < KEPT_FOR else {}


def _require_device(loaded: Loaded) -> None:
    if not call_ready(loaded.facts.values("device")):
        raise WrongState("这台设备还不能视频通话。请回到“设备检测”，或换一台有摄像头的设备登录。")


def _expected(work: Work, case: Case, branch_id: str, able: Sequence[Duty], position: int) -> timedelta | None:
    """position x handling time / staff on duty for this branch and business; None when nobody is."""
    length = kept_for_a_minute(work, "handling", branch_id, lambda: _handling(work, case, branch_id))
    return expected_wait(position, length, _serving(able))


def _handling(work: Work, case: Case, branch_id: str) -> timedelta:
    since = work.now - HISTORY
    branch = work.queue.handling_times(since, HISTORY_CALLS, branch_id)
    firm = work.queue.handling_times(since, HISTORY_CALLS) if len(branch) < HISTORY_LEAST else []
    return handling_time(branch, firm, _times(work, case).call)


def _times(work: Work, case: Case) -> QueueTimes:
    """The firm's times in the version that the case began with: they are at hand, the present ones are not."""
    return queue_times(rules_for(work, case.rules)["thresholds"])


def _serving(able: Sequence[Duty]) -> int:
    return sum(1 for duty in able if duty.status != "break")


def look_at_queue(desk: Desk, actor: Actor, case_id: str) -> QueuePlace | None:
    """The own place, or the call that runs; None when there is neither. A waiting customer is marked as seen."""
    with desk.read(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        live = work.queue.find_live(case_id)
        if live is None:
            return None
        place = _place(work, case, live) if live.state == "waiting" else QueuePlace(live)
        due = work.now - live.seen_at > HEARTBEAT
    if live.state != "in_call" and due:
        with desk.write(actor.firm_id) as work:
            work.queue.seen(place.ticket.id)
    return place


def _place(work: Work, case: Case, ticket: Ticket) -> QueuePlace:
    line = work.queue.line(ticket.branch_id)
    if ticket.id not in line:
        line.append(ticket.id)
    position = line.index(ticket.id) + 1
    able = work.duty.able(ticket.branch_id, ticket.business)
    wait = _expected(work, case, ticket.branch_id, able, position)
    return QueuePlace(
        ticket,
        len(line),
        position,
        _serving(able),
        wait_in_minutes(wait) if wait is not None else None,
        tuple(work.messages.current_messages(ticket.branch_id)),
        _closing(work, case, wait or timedelta()),
        is_stuck(work, ticket, len(line), able, _times(work, case)),
    )


def is_stuck(work: Work, ticket: Ticket, people: int, able: Sequence[Duty], times: QueueTimes) -> bool:
    """Alone in the queue for long while somebody who can serve is free: probably the customer's network (R047)."""
    if people > 1 or not any(duty.status == "online" for duty in able):
        return False
    return work.now - ticket.enqueued_at > times.alone


def hours_of(work: Work, case: Case) -> ServiceHours:
    """The hours of today, not those of the day the case began: nobody is served by a desk that has gone home."""
    today = kept_for_a_minute(work, "service_hours", "", lambda: rules_for(work)["service_hours"])
    return ServiceHours.of(today, "witness", case.branch_id)


def _closing(work: Work, case: Case, wait: timedelta) -> datetime | None:
    """The end of today's service when the turn may come too late."""
    hours, calendar = hours_of(work, case), calendar_around(work)
    end = hours.closes_on(local_day(work.now), calendar)
    if end is None or hours.is_open(end, calendar):
        return None
    return end if work.now + max(1.2 * wait, CLOSING_SOON) > end else None


def close_after_hours(work: Work) -> int:
    """Who still waits when the day's service ends is told so by the page; a lunch break ends nothing."""
    closed = 0
    for branch in work.firms.branches():
        for ticket in work.queue.waiting(branch.id):
            if ticket.state == "waiting" and _is_over(work, work.cases.get(ticket.case_id)):
                closed += work.queue.leave(ticket.id, "system", "closed")
    return closed


def _is_over(work: Work, case: Case) -> bool:
    following = hours_of(work, case).next_opening(work.now, calendar_around(work))
    return following is None or local_day(following) != local_day(work.now)


def lost_place(desk: Desk, actor: Actor, case_id: str) -> Ticket | None:
    """The last place when it was lost today against the customer's will (`closed`, `vanished`)."""
    with desk.read(actor.firm_id) as work:
        own(actor, work.cases.get(case_id))
        last = work.queue.find_last(case_id)
        recent = last is not None and last.ended_at is not None and work.now - last.ended_at < TOLD_FOR
        return last if last and recent and last.reason in {"closed", "vanished"} else None


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
        serving = live.staff_id if live and live.state == "in_call" else None
        member = work.people.find_staff(staff_id=serving) if serving else None
    return (member.name, member.licence) if member else ("", "")
