"""Who waits for a witness and who is being served, by branch; masked, so no personal read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actor import Actor
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Branch, Ticket
from core.rules.masks import mask_name


@dataclass(frozen=True)
class Place:
    """One customer in the queue or in a call; `witness` is the name of who serves."""

    case_number: str
    customer: str
    since: datetime
    witness: str = ""


@dataclass(frozen=True)
class BranchQueue:
    """One branch now: those waiting in order of service, and the calls that run."""

    branch: Branch
    waiting: tuple[Place, ...]
    running: tuple[Place, ...]
    longest: timedelta | None


def queue_overview(desk: Desk, actor: Actor) -> list[BranchQueue]:
    """Every branch of the firm with its queue and calls."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_READ)
        calls = _calls(work)
        return [_branch(work, branch, calls) for branch in work.firms.branches()]


def _calls(work: Work) -> list[tuple[Ticket, str]]:
    held = [(work.queue.find_held(member.id), member.name) for member in work.people.all_staff()]
    return [(ticket, name) for ticket, name in held if ticket]


def _branch(work: Work, branch: Branch, calls: list[tuple[Ticket, str]]) -> BranchQueue:
    line = [_place(work, ticket, ticket.enqueued_at) for ticket in work.queue.waiting(branch.id)]
    running = [_place(work, t, t.claimed_at or t.enqueued_at, name) for t, name in calls if t.branch_id == branch.id]
    longest = work.now - min(place.since for place in line) if line else None
    return BranchQueue(branch, tuple(line), tuple(running), longest)


def _place(work: Work, ticket: Ticket, since: datetime, witness: str = "") -> Place:
    case = work.cases.get(ticket.case_id)
    profile = work.cases.answers(ticket.case_id).get("profile")
    customer = mask_name(str(profile.values["name"])) if profile else ""
    return Place(case.number, customer, since, witness)
