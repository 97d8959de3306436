"""Which businesses of which branches a member of staff serves: only those customers ring there.

Without any skill nobody rings; `ANY_BUSINESS` of a branch includes the businesses that are still to come.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.actor import Actor
from core.audit import Tag
from core.businesses import BUSINESSES
from core.errors import NotFound
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.queueing import ANY_BUSINESS
from core.records import StaffMember
from core.usecases.offered_slots import SERVING

SERVED = (ANY_BUSINESS, *BUSINESSES)
"""What may be chosen at a branch."""


@dataclass(frozen=True)
class Server:
    """A member of staff who may serve customers, with what is served: branch id -> businesses or `ANY_BUSINESS`."""

    id: str
    login: str
    name: str
    branch_id: str
    skills: Mapping[str, tuple[str, ...]]


def serving_staff(desk: Desk, actor: Actor) -> list[Server]:
    """Everybody with an open account who may serve, by login."""
    allow(actor, Permission.SKILLS_MANAGE)
    with desk.read(actor.firm_id) as work:
        found = sorted((m for m in work.people.all_staff() if _serves(m)), key=lambda member: member.login)
        skills = work.duty.everyones_skills()
        return [Server(m.id, m.login, m.name, m.branch_id, _by_branch(skills.get(m.id, ()))) for m in found]


def _serves(member: StaffMember) -> bool:
    return member.active and bool(member.roles & SERVING)


def _by_branch(skills: Collection[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    branches = sorted({branch for branch, _ in skills})
    return {branch: tuple(sorted(b for of, b in skills if of == branch)) for branch in branches}


def change_skills(desk: Desk, actor: Actor, staff_id: str, wanted: Mapping[str, Collection[str]]) -> int:
    """Replace what somebody serves (branch id -> businesses); returns how many skills there are now.

    Counts from the next customer on: who rings or is in a call already is not taken away. `NotFound` for an unknown
    branch, business or member of staff, and for whoever may not serve.
    """
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.SKILLS_MANAGE)
        member = work.people.find_staff(staff_id=staff_id)
        if member is None or not _serves(member):
            raise NotFound
        skills = _checked(work, wanted)
        work.duty.set_skills(staff_id, skills)
        named = sorted(f"{branch}:{business}" for branch, business in skills)
        work.audit(actor, Tag.STAFF_PERSON_CHANGE, f"staff:{staff_id}", what="skills", skills=named)
        return len(skills)


def _checked(work: Work, wanted: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """The pairs to store; whoever serves all of a branch needs none of its businesses besides."""
    chosen = {branch: set(businesses) for branch, businesses in wanted.items() if businesses}
    known = {branch.id for branch in work.firms.branches()}
    if not chosen.keys() <= known or not set().union(*chosen.values()) <= set(SERVED):
        raise NotFound
    whole = {branch: {ANY_BUSINESS} if ANY_BUSINESS in businesses else businesses
             for branch, businesses in chosen.items()}  # fmt: skip
    return {(branch, business) for branch, businesses in whole.items() for business in businesses}
