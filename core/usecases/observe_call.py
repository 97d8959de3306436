"""The supervisor in a running call: sits in unseen by the customer, writes to the witness, takes the call over.

Who sits in (until when) stands in the ticket; what they write are lines of the call (`call_lines`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale, WrongState
from core.permissions import Permission, allow, holds
from core.ports import Desk, Work
from core.records import Ticket
from core.rules.masks import mask_name
from core.sentence import Sentence
from core.usecases.call_lines import FOR_STAFF, append_line, lines_of
from core.usecases.duty import after_call
from core.usecases.loading import load
from core.usecases.serve_customer import begin_script

TAKEOVER_REASONS: Mapping[str, str] = {
    "customer": "客户要求",
    "witness": "见证人员遇到问题",
    "quality": "通话质量",
    "rules": "合规需要",
}
SITS_IN = timedelta(seconds=15)
RENEW_BELOW = timedelta(seconds=10)
_WATCH, _TAKEN = "watch", "taken"


@dataclass(frozen=True)
class RunningCall:
    """One call that runs, masked; `since` is when the witness took it."""

    ticket: Ticket
    case_number: str
    customer: str
    witness: str
    since: datetime


@dataclass(frozen=True)
class Whisper:
    """A message between supervisor and witness."""

    at: datetime
    author: str
    text: str
    mine: bool


def running_calls(desk: Desk, actor: Actor) -> list[RunningCall]:
    """Every running call of the firm, the oldest first; masked, so no personal read."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CALL_OBSERVE)
        names = _names(work)
        return [_running(work, ticket, names) for ticket in work.queue.running()]


def _running(work: Work, ticket: Ticket, names: Mapping[str, str]) -> RunningCall:
    case = work.cases.get(ticket.case_id)
    profile = work.cases.answers(ticket.case_id).get("profile")
    customer = mask_name(str(profile.values["name"])) if profile else ""
    witness = names.get(str(ticket.staff_id), "")
    return RunningCall(ticket, case.number, customer, witness, ticket.claimed_at or ticket.enqueued_at)


def _names(work: Work) -> dict[str, str]:
    return {member.id: member.name for member in work.people.all_staff()}


# -- sitting in
def observe(desk: Desk, actor: Actor, ticket_id: str) -> Ticket:
    """Begin to sit in, or go on: to be called every few seconds. The beginning is on record.

    Raises `Stale` when the call is over, `WrongState` for one's own call.
    """
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CALL_OBSERVE)
        ticket = _in_call(work, ticket_id)
        if _sits_until(ticket, actor) > work.now + RENEW_BELOW:
            return ticket
    with desk.write(actor.firm_id) as work:
        ticket = _in_call(work, ticket_id, lock=True)
        if ticket.staff_id == actor.staff_id:
            raise WrongState("这是您自己的通话。")
        if _sits_until(ticket, actor) < work.now:
            work.personal_read(actor, f"case:{ticket.case_id}", "observe")
            work.audit(actor, Tag.STAFF_CALL_OBSERVE, f"case:{ticket.case_id}", ticket=ticket.id, begins=True)
        until = (work.now + SITS_IN).isoformat()
        return _changed(work, ticket, _WATCH, {**_watch(ticket), actor.staff_id: until})


def stop_observing(desk: Desk, actor: Actor, ticket_id: str) -> None:
    """Stop sitting in at once; nothing happens when the call is over."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CALL_OBSERVE)
        ticket = work.queue.find(ticket_id, lock=True)
        if ticket and ticket.state == "in_call" and actor.staff_id in _watch(ticket):
            others = {who: until for who, until in _watch(ticket).items() if who != actor.staff_id}
            _changed(work, ticket, _WATCH, others)
            work.audit(actor, Tag.STAFF_CALL_OBSERVE, f"case:{ticket.case_id}", ticket=ticket.id, begins=False)


def observers(work: Work, ticket: Ticket) -> list[str]:
    """Names of those who sit in now; for staff only, the customer is not told."""
    names = _names(work)
    return [names.get(who, "") for who, until in _watch(ticket).items() if datetime.fromisoformat(until) > work.now]


def _watch(ticket: Ticket) -> dict[str, str]:
    return dict(ticket.script.get(_WATCH) or {})


def _sits_until(ticket: Ticket, actor: Actor) -> datetime:
    until = _watch(ticket).get(actor.staff_id)
    return datetime.fromisoformat(until) if until else ticket.enqueued_at


def _in_call(work: Work, ticket_id: str, *, lock: bool = False) -> Ticket:
    ticket = work.queue.find(ticket_id, lock=lock)
    if ticket is None or ticket.state != "in_call":
        raise Stale("这次通话已经结束。")
    return ticket


def _changed(work: Work, ticket: Ticket, key: str, value: Any) -> Ticket:
    work.queue.save_script(ticket.id, str(ticket.staff_id), ticket.fence, {**ticket.script, key: value})
    return _in_call(work, ticket.id)


# -- messages between supervisor and witness
def whisper(desk: Desk, actor: Actor, ticket_id: str, text: str) -> None:
    """Write to the other one: the holder of the call, or a supervisor who sits in. Raises `WrongState`."""
    with desk.write(actor.firm_id) as work:
        ticket = _in_call(work, ticket_id, lock=True)
        takes_part(work, actor, ticket)
        line = append_line(work, actor, ticket, FOR_STAFF, text)
        detail = {"ticket": ticket.id, "length": len(line.text)}
        work.audit(actor, Tag.STAFF_CALL_WHISPER, f"case:{ticket.case_id}", **detail)


def whispers(work: Work, actor: Actor, ticket: Ticket) -> list[Whisper]:
    """The messages of this call, oldest first, for those who take part."""
    takes_part(work, actor, ticket)
    names = _names(work)
    return [
        Whisper(line.at, names.get(line.author.removeprefix("staff:"), ""), line.text, line.author == actor.id)
        for line in lines_of(work, ticket, FOR_STAFF)
    ]


def takes_part(work: Work, actor: Actor, ticket: Ticket) -> None:
    """Pass for whoever holds the call, and for a supervisor who sits in; raises `NotAllowed` or `WrongState`."""
    if actor.staff_id and ticket.staff_id == actor.staff_id:
        allow(actor, Permission.QUEUE_SERVE)
        return
    allow(actor, Permission.CALL_OBSERVE)
    if _sits_until(ticket, actor) < work.now:
        raise WrongState("请先旁听这次通话。")


# -- taking over
def may_take_over(actor: Actor) -> bool:
    """A supervisor who is a witness too: whoever holds a call passes or rejects it under the own licence."""
    return holds(actor, Permission.CALL_OBSERVE) and holds(actor, Permission.QUEUE_SERVE)


def take_over(desk: Desk, actor: Actor, ticket_id: str, fence: int, reason: str) -> Ticket:
    """Become the holder of a running call, with a reason of `TAKEOVER_REASONS`, under a new fence.

    Ticks and captures of the former witness count no more, for nobody vouches for what another one saw. Raises
    `Stale` when the call was ended or given to somebody else meanwhile.
    """
    if reason not in TAKEOVER_REASONS:
        raise NotFound("请选择接管的原因。")
    with desk.write(actor.firm_id) as work:
        for permission in (Permission.CALL_OBSERVE, Permission.QUEUE_SERVE):
            allow(actor, permission)
        ticket = _in_call(work, ticket_id, lock=True)
        if work.calls.occupied(actor.staff_id):
            raise WrongState("您正在另一次通话中，请先结束。")
        taken = {"from": ticket.staff_id, "by": actor.staff_id, "reason": reason}
        script = {**begin_script(work, load(work, ticket.case_id)), _TAKEN: taken}
        mine = work.calls.take_over(ticket, actor.staff_id, script, reason) if ticket.fence == fence else None
        if mine is None:
            raise Stale("这次通话已结束或已转给其他同事。")
        after_call(work, str(ticket.staff_id))
        work.duty.change(actor.staff_id, ticket.branch_id, "busy")
        detail = {"ticket": ticket_id, "fence": mine.fence, "reason": reason, "former": ticket.staff_id}
        work.audit(actor, Tag.STAFF_CALL_TAKEOVER, f"case:{ticket.case_id}", **detail)
        return mine


def why_lost(desk: Desk, actor: Actor, ticket_id: str) -> str:
    """For the page of a witness who no longer holds a call: a sentence, empty when it simply ended."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_SERVE)
        ticket = work.queue.find(ticket_id)
        taken = (ticket.script.get(_TAKEN) or {}) if ticket else {}
        if taken.get("from") != actor.staff_id:
            return ""
        name = _names(work).get(taken["by"], "主管")
        return Sentence(
            "{name}已接管这次通话，原因：{reason}。客户仍在通话中。",
            name=name,
            reason=TAKEOVER_REASONS.get(taken["reason"], ""),
        )
