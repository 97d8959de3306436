"""What has to be looked into before a case goes on: red flags of the online follow-up (R169)."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records_casework import CaseTask, Happened
from core.sentence import Sentence
from core.steps.follow_up import questions
from core.usecases.loading import Loaded

RED_FLAG = "red_flag"
TASK_TITLES = {RED_FLAG: "核实在线回访的异常答案"}
MOST_NOTE = 500


def red_flags(loaded: Loaded) -> list[str]:
    """Keys of the follow-up questions whose answer is a red flag."""
    given = loaded.facts.values("follow_up").get("answers") or {}
    return [
        question["key"]
        for question in questions(loaded.facts, loaded.rules)
        for option in question["options"]
        if given.get(question["key"]) == option["key"] and option["result"] == "red_flag"
    ]


def open_red_flags(work: Work, loaded: Loaded) -> None:
    """A task for each red flag of a case that is handed in."""
    for key in red_flags(loaded):
        work.casework.add_task(loaded.case.id, RED_FLAG, key)


def open_tasks(work: Work, case_id: str) -> list[CaseTask]:
    """What is still to be looked into."""
    return [task for task in work.casework.tasks(case_id) if task.done_at is None]


def settle_task(desk: Desk, actor: Actor, task_id: str, note: str) -> dict[str, str]:
    """Say what was found; returns errors by field. Raises `NotFound`, and `Stale` when somebody was first."""
    words = note.strip()
    errors: dict[str, str] = (
        {}
        if 0 < len(words) <= MOST_NOTE
        else {"note": Sentence("请写明核实的经过和结果，最多 {MOST_NOTE} 字。", MOST_NOTE=MOST_NOTE)}
    )
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_WORK)
        task = work.casework.find_task(task_id)
        if task is None:
            raise NotFound
        if errors:
            return errors
        if not work.casework.settle_task(task_id, words, actor.id):
            raise Stale
        work.casework.note(task.case_id, Happened.SETTLED, f"{task.kind}:{task.subject}", {"text": words})
        work.audit(actor, Tag.STAFF_CASE_SETTLE, f"case:{task.case_id}", what=task.kind)
    return {}


def require_settled(work: Work, case_id: str) -> None:
    """Raise `WrongState` while something is to be looked into."""
    if open_tasks(work, case_id):
        raise WrongState("还有待核实的事项，核实后才能通过。")
