"""A case beside its work list: masked, with who has it, its clocks, notes and tasks; opening it is on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actor import Actor
from core.businesses import business
from core.case import Case
from core.permissions import Permission, allow, holds
from core.ports import Desk, Work
from core.records_casework import CaseEvent, CaseTask, CaseWork, Happened
from core.rules.masks import mask_name
from core.rules.two_clocks import Clocks
from core.usecases.case_clocks import case_clocks
from core.usecases.case_tasks import RED_FLAG
from core.usecases.hold_case import NEEDED, able, may_hold
from core.usecases.loading import load_case, rules_for

WRITTEN = frozenset({Happened.NOTED, Happened.SNOOZED, Happened.ESCALATED, Happened.SETTLED})
"""Events that carry what a member of staff wrote."""


@dataclass(frozen=True)
class Remark:
    """Something that staff wrote beside a case."""

    kind: Happened
    text: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Task:
    """A task with the question and the answer it is about."""

    task: CaseTask
    words: str


@dataclass(frozen=True)
class WorkFile:
    """What the work list shows of the open case. `able` are (id, name) of those it may be given to."""

    case: Case
    title: str
    branch: str
    customer: str
    work: CaseWork
    holder: str
    mine: bool
    may_hold: bool
    clocks: Clocks
    remarks: tuple[Remark, ...]
    tasks: tuple[Task, ...]
    able: tuple[tuple[str, str], ...]
    now: datetime


def open_work(desk: Desk, actor: Actor, case_id: str) -> WorkFile:
    """The case beside its list; raises `NotFound`."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_WORK)
        case = work.cases.get(case_id)
        work.personal_read(actor, f"case:{case_id}", "work")
    with desk.read(actor.firm_id) as work:
        return _file(work, actor, case)


def _file(work: Work, actor: Actor, case: Case) -> WorkFile:
    events, standing = work.casework.events(case.id), work.casework.of_case(case)
    names = {member.id: member.name for member in work.people.all_staff()}
    profile = work.cases.answers(case.id).get("profile")
    assigns = holds(actor, Permission.CASE_ASSIGN) and case.state in NEEDED
    return WorkFile(
        case=case,
        title=business(case.business).title,
        branch=str(rules_for(work, case.rules)["branches"].get(case.branch_id, "")),
        customer=mask_name(str(profile.values.get("name") or "")) if profile else "",
        work=standing,
        holder=names.get(standing.holder_id or "", ""),
        mine=standing.holder_id == actor.staff_id,
        may_hold=may_hold(actor, case),
        clocks=case_clocks(work, case, events),
        remarks=remarks_of(events, names),
        tasks=_tasks(work, case),
        able=tuple((member.id, member.name) for member in able(work, case)) if assigns else (),
        now=work.now,
    )


def remarks_of(events: Sequence[CaseEvent], names: dict[str, str]) -> tuple[Remark, ...]:
    """What staff wrote, newest first."""
    return tuple(
        Remark(each.kind, str(each.body.get("text", "")), names.get(each.actor.removeprefix("staff:"), ""), each.at)
        for each in reversed(events)
        if each.kind in WRITTEN
    )


def _tasks(work: Work, case: Case) -> tuple[Task, ...]:
    tasks = work.casework.tasks(case.id)
    if not tasks:
        return ()
    loaded = load_case(work, case)
    asked = {question["key"]: question for question in loaded.rules["follow_up"]["questions"]}
    given = loaded.facts.values("follow_up").get("answers") or {}
    found = []
    for task in tasks:
        question = asked.get(task.subject) if task.kind == RED_FLAG else None
        options = question["options"] if question else ()
        said = next((str(o["text"]) for o in options if o["key"] == given.get(task.subject)), "")
        found.append(Task(task, f"{question['text']} {said}" if question else task.subject))
    return tuple(found)
