"""Who waits for a witness and who is being served, by branch; masked, so no personal read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actor import Actor, Role
from core.businesses import business
from core.call_notes import help_wanted
from core.fairness import longest_overtaken, overtakings
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.queueing import MISSED_OFFERS
from core.records import Branch, DeskMessage, Duty, StaffMember, Ticket
from core.rules.calendar import local_day, local_time
from core.rules.masks import mask_name
from core.usecases.call_alerts import CallAlert, call_alerts
from core.usecases.offers import times_of
from core.usecases.wait_for_witness import is_stuck


@dataclass(frozen=True)
class Place:
    """One customer in the queue, ringing or in a call; `witness` is who serves, `since` when that began."""

    ticket_id: str
    case_number: str
    customer: str
    business: str
    since: datetime
    witness: str = ""
    state: str = "waiting"
    ahead: bool = False
    reserved: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class StaffNow:
    """A witness of the branch and what he or she does; `since` is None for who is offline."""

    id: str
    name: str
    status: str
    reason: str
    since: datetime | None


@dataclass(frozen=True)
class Alert:
    """What a supervisor has to look at: `help`, `unattended`, `stuck` (R047), `paused`, `recording`."""

    kind: str
    who: str


@dataclass(frozen=True)
class BranchQueue:
    """One branch now: those waiting in order of service, the calls that run, staff, messages, alerts."""

    branch: Branch
    waiting: tuple[Place, ...]
    running: tuple[Place, ...]
    longest: timedelta | None
    staff: tuple[StaffNow, ...] = ()
    messages: tuple[DeskMessage, ...] = ()
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True)
class Overtaken:
    """One line of the fairness view: who was overtaken by whom, when, why, and who decided it."""

    customer: Place
    by: Place
    at: datetime
    waited: timedelta
    reason: str
    decided_by: str


@dataclass(frozen=True)
class _Firm:
    """What every branch needs, read once."""

    members: dict[str, StaffMember]
    duties: dict[str, Duty]
    calls: Sequence[Ticket]
    recordings: Sequence[CallAlert]


def queue_overview(desk: Desk, actor: Actor) -> list[BranchQueue]:
    """Every branch of the firm with its queue, calls and staff."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_READ)
        members = {member.id: member for member in work.people.all_staff()}
        duties = {duty.staff_id: duty for duty in work.duty.everybody()}
        firm = _Firm(members, duties, work.queue.running(), call_alerts(work))
        return [_branch(work, branch, firm) for branch in work.firms.branches()]


def _branch(work: Work, branch: Branch, firm: _Firm) -> BranchQueue:
    tickets = work.queue.waiting(branch.id)
    line = tuple(place_of(work, ticket, ticket.enqueued_at, firm.members) for ticket in tickets)
    calls = [call for call in firm.calls if call.branch_id == branch.id]
    running = tuple(place_of(work, call, call.claimed_at or call.enqueued_at, firm.members) for call in calls)
    staff = tuple(_now(m, firm.duties.get(m.id)) for m in firm.members.values() if _serves(m, branch))
    longest = work.now - min(place.since for place in line) if line else None
    messages = tuple(work.messages.current_messages(branch.id))
    wanted = [Alert("help", p.case_number) for p, call in zip(running, calls, strict=True) if help_wanted(call)]
    broken = [Alert("recording", each.case_number) for each in firm.recordings if each.branch_id == branch.id]
    alerts = (*wanted, *_alerts(work, tickets, line, staff), *broken)
    return BranchQueue(branch, line, running, longest, staff, messages, alerts)


def _serves(member: StaffMember, branch: Branch) -> bool:
    return member.active and Role.WITNESS in member.roles and member.branch_id == branch.id


def _now(member: StaffMember, duty: Duty | None) -> StaffNow:
    if duty is None:
        return StaffNow(member.id, member.name, "offline", "", None)
    return StaffNow(member.id, member.name, duty.status, duty.reason, duty.began_at)


def place_of(work: Work, ticket: Ticket, since: datetime, members: Mapping[str, StaffMember]) -> Place:
    """A ticket as lists show it: the customer's name masked."""
    case = work.cases.get(ticket.case_id)
    profile = work.cases.answers(ticket.case_id).get("profile")
    serving = members.get(ticket.staff_id or "")
    return Place(
        ticket.id,
        case.number,
        mask_name(str(profile.values["name"])) if profile else "",
        business(ticket.business).title,
        since,
        serving.name if serving else "",
        ticket.state,
        ticket.rank < 0,
        (ticket.prio_from, ticket.prio_until) if ticket.prio_from and ticket.prio_until else None,
    )


def _alerts(
    work: Work, tickets: Sequence[Ticket], line: Sequence[Place], staff: Sequence[StaffNow]
) -> tuple[Alert, ...]:
    kinds = {(ticket.branch_id, ticket.business) for ticket in tickets}
    able = {kind: work.duty.able(*kind) for kind in kinds}
    unattended, found, times = 0, [], times_of(work)
    for ticket, place in zip(tickets, line, strict=True):
        there = able[ticket.branch_id, ticket.business]
        unattended += all(duty.status == "break" for duty in there)
        if is_stuck(work, ticket, len(tickets), there, times):
            found.append(Alert("stuck", place.case_number))
    if unattended:
        found.insert(0, Alert("unattended", str(unattended)))
    return (*found, *(Alert("paused", each.name) for each in staff if each.reason == MISSED_OFFERS))


def fairness(desk: Desk, actor: Actor) -> tuple[list[Overtaken], timedelta | None]:
    """Everybody overtaken today (Shanghai), and the longest wait of anybody who was."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_READ)
        members = {member.id: member for member in work.people.all_staff()}
        found = overtakings(*work.queue.joined_since(local_time(local_day(work.now), 0)), work.now)
        lines = [
            Overtaken(
                place_of(work, each.overtaken, each.overtaken.enqueued_at, members),
                place_of(work, each.by, each.by.enqueued_at, members),
                each.at,
                each.waited,
                each.reason,
                _name(members, each.decided_by),
            )
            for each in found
        ]
        return lines, longest_overtaken(found, work.now)


def _name(members: dict[str, StaffMember], subject: str) -> str:
    found = members.get(subject.removeprefix("staff:"))
    return found.name if found else ""
