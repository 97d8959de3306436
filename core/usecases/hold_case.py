"""Who has a case: taken, given by a supervisor, handed over when somebody leaves. At most the firm's cap a person."""

from __future__ import annotations

from collections.abc import Mapping

from core.actor import Actor
from core.audit import Tag
from core.case import Action, Case, State, next_state
from core.errors import NotAllowed, NotFound, WrongState
from core.permissions import ROLE_PERMISSIONS, Permission, allow, holds
from core.ports import Desk, Work
from core.records import StaffMember
from core.records_casework import CaseWork, Happened
from core.sentence import Sentence
from core.usecases.loading import rules_for
from core.work_lists import AT_STAFF

NEEDED: Mapping[State, Permission] = {
    State.SUBMITTED: Permission.CASE_APPROVE,
    State.IN_REVIEW: Permission.CASE_APPROVE,
    State.APPROVED: Permission.CASE_REPORT,
    State.CALLBACK: Permission.CALLBACK_RECORD,
}
"""State -> what the holder of a case must be allowed to do."""
WORKING = frozenset(NEEDED.values())


def cap_of(work: Work) -> int:
    """How many cases one person may hold (firm data `case_work`)."""
    return int(rules_for(work)["case_work"]["cap"])


def claim_case(desk: Desk, actor: Actor, case_id: str) -> None:
    """Take a case that nobody has; again does nothing. A review is locked beside (`review_case.take_case`)."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_WORK)
        case = _at_staff(work, case_id)
        allow(actor, NEEDED[case.state])
        if work.casework.of_case(case).holder_id != actor.staff_id:
            hold(work, actor, case, actor.staff_id)
            work.audit(actor, Tag.STAFF_CASE_ASSIGN, f"case:{case_id}", to=actor.staff_id)


def hold(work: Work, actor: Actor, case: Case, staff_id: str) -> None:
    """Make somebody the holder, inside the caller's transaction, which writes the audit.

    Raises `WrongState` over the cap or while a colleague has it, `NotAllowed` for the witness of a case to review.
    """
    own, standing = staff_id == actor.staff_id, work.casework.of_case(case)
    if own:
        not_given_to_another(work, actor, case)
    if NEEDED[case.state] is Permission.CASE_APPROVE and work.cases.witness_of(case.id) == staff_id:
        raise NotAllowed("您见证过这笔业务，不能再复核。" if own else "这位同事见证过这笔业务，不能复核。")
    if standing.holder_id == staff_id:
        return
    cap, has = cap_of(work), len(work.casework.held_by(staff_id))
    if has >= cap:
        raise WrongState(Sentence("手上已有 {has} 笔业务，上限为 {cap} 笔。请先处理完，或放回一些。", has=has, cap=cap))
    work.casework.change(case, holder_id=staff_id, assigned_by=actor.id)
    work.casework.note(case.id, Happened.ASSIGNED, staff_id)


def not_given_to_another(work: Work, actor: Actor, case: Case) -> None:
    """Raise `WrongState` when a supervisor gave the case to a colleague."""
    standing = work.casework.of_case(case)
    if standing.given and standing.holder_id != actor.staff_id:
        raise WrongState("这笔业务已分配给其他同事。需要时请主管改派。")


def give_back(desk: Desk, actor: Actor, case_id: str) -> None:
    """Put the own case back; nothing happens when somebody else has it."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_WORK)
        case = _at_staff(work, case_id)
        if work.casework.of_case(case).holder_id == actor.staff_id:
            free(work, case, actor.staff_id)
            work.audit(actor, Tag.STAFF_CASE_RELEASE, f"case:{case_id}")


def free(work: Work, case: Case, staff_id: str) -> None:
    """Nobody has the case any more, and the lock of that reviewer ends; the caller writes the audit."""
    if case.state is State.IN_REVIEW and case.reviewer_id == staff_id:
        case = work.cases.change(
            case, state=next_state(case.state, Action.RELEASE), reviewer_id=None, reviewer_until=None
        )
    work.casework.change(case, holder_id=None, assigned_by=None)
    work.casework.note(case.id, Happened.FREED, staff_id)


def let_go(work: Work, case: Case) -> None:
    """A case that was only taken is free again when its lock lapses; one that was given stays with its holder."""
    standing = work.casework.of_case(case)
    if standing.holder_id and not standing.given:
        work.casework.change(case, holder_id=None, assigned_by=None)


def assign_case(desk: Desk, actor: Actor, case_id: str, staff_id: str) -> None:
    """A supervisor gives a case to a member of staff, away from whoever has it. Raises `NotFound`, `NotAllowed`."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_ASSIGN)
        case = _at_staff(work, case_id)
        if staff_id not in {member.id for member in able(work, case)}:
            raise NotFound("请选择可以处理这笔业务的同事。")
        _give(work, actor, case, staff_id)


def _give(work: Work, actor: Actor, case: Case, staff_id: str) -> None:
    before = _holder(case, work.casework.of_case(case))
    if before == staff_id:
        work.casework.change(case, assigned_by=actor.id)
        return
    if before:
        free(work, case, before)
        case = work.cases.get(case.id)
    hold(work, actor, case, staff_id)
    work.audit(actor, Tag.STAFF_CASE_ASSIGN, f"case:{case.id}", to=staff_id, before=before or "")


def _holder(case: Case, standing: CaseWork) -> str | None:
    return case.reviewer_id if case.state is State.IN_REVIEW else standing.holder_id


def able(work: Work, case: Case) -> list[StaffMember]:
    """Who may have this case: open accounts whose roles allow what it waits for, not its witness when reviewed."""
    needed = NEEDED[case.state]
    witness = work.cases.witness_of(case.id) if needed is Permission.CASE_APPROVE else None
    return [
        member
        for member in work.people.all_staff()
        if member.active and member.id != witness and any(needed in ROLE_PERMISSIONS[role] for role in member.roles)
    ]


def hand_over(desk: Desk, actor: Actor, from_id: str, to_id: str = "") -> dict[str, int]:
    """Move every case of an absent colleague to another one, or free it; returns how many (`given`, `freed`).

    What the other may not have (own witnessing, role, cap) is freed, so that somebody can take it.
    """
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_ASSIGN)
        if work.people.find_staff(staff_id=from_id) is None or from_id == to_id:
            raise NotFound("请选择两位不同的同事。")
        moved = {"given": 0, "freed": 0}
        for case in _cases_of(work, from_id):
            fits = to_id in {member.id for member in able(work, case)}
            if fits and len(work.casework.held_by(to_id)) < cap_of(work):
                _give(work, actor, case, to_id)
                moved["given"] += 1
            else:
                drop(work, actor, case, from_id)
                moved["freed"] += 1
        return moved


def drop(work: Work, actor: Actor, case: Case, staff_id: str) -> None:
    """Free one case of somebody who cannot go on with it, with its row in the audit."""
    free(work, case, staff_id)
    work.audit(actor, Tag.STAFF_CASE_RELEASE, f"case:{case.id}", before=staff_id)


def drop_all(work: Work, actor: Actor, staff_id: str) -> int:
    """Free every case of somebody whose account or roles are gone; returns how many."""
    cases = _cases_of(work, staff_id)
    for case in cases:
        drop(work, actor, case, staff_id)
    return len(cases)


def _cases_of(work: Work, staff_id: str) -> list[Case]:
    """Cases that somebody holds or has locked."""
    held = [case for case in map(work.cases.find, work.casework.held_by(staff_id)) if case and case.state in AT_STAFF]
    known = {case.id for case in held}
    locked = [c for c in work.cases.in_states([State.IN_REVIEW]) if c.reviewer_id == staff_id and c.id not in known]
    return [*held, *locked]


def _at_staff(work: Work, case_id: str) -> Case:
    case = work.cases.get(case_id)
    if case.state not in AT_STAFF:
        raise WrongState
    return case


def may_hold(actor: Actor, case: Case) -> bool:
    """Whether the actor's roles allow what the case waits for."""
    return case.state in NEEDED and holds(actor, NEEDED[case.state])
