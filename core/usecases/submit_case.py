"""Answer the follow-up and hand the case in (R167-R173)."""

from __future__ import annotations

from collections.abc import Mapping

from core.actor import Actor, system
from core.audit import Tag
from core.case import ALLOWED, Action, Case, next_state, require
from core.errors import WrongState
from core.flow import Checked
from core.permissions import own
from core.ports import Desk, Work
from core.rules.calendar import review_due_at
from core.rules.service_hours import ServiceHours
from core.sentence import Sentence
from core.usecases.answer_step import load_own, save
from core.usecases.case_tasks import open_red_flags
from core.usecases.loading import Loaded, calendar_around, load_case
from core.usecases.review_case import approve
from core.usecases.shared_marks import keep_marks
from core.usecases.sign_agreements import void_outdated


def submit_follow_up(desk: Desk, actor: Actor, case_id: str, answers: Mapping[str, str], *, confirmed: bool) -> Checked:
    """Store the follow-up answers and submit in one transaction; a repeated submit of the same case does nothing."""
    with desk.write(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        if case.submitted_at and Action.SUBMIT not in ALLOWED[case.state]:
            return Checked()
        loaded = load_own(work, actor, case_id, Action.SUBMIT, "follow_up")
        given = {"answers": dict(answers), "confirmed": confirmed}
        checked = loaded.business.step("follow_up").check(given, loaded.facts, loaded.rules, loaded.now)
        if checked.ok:
            submit(work, actor, save(work, actor, loaded, "follow_up", checked.values))
        return checked


def submit_case(desk: Desk, actor: Actor, case_id: str) -> None:
    """Hand in a case that ends without questions; repeating it does nothing."""
    with desk.write(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        if not (case.submitted_at and Action.SUBMIT not in ALLOWED[case.state]):
            require(case, Action.SUBMIT)
            submit(work, actor, case)


def is_reviewed(loaded: Loaded) -> bool:
    """Whether a reviewer decides: always, but for what the firm itself asked for and says needs none (补签协议)."""
    setting = loaded.rules["business_rules"]["businesses"][loaded.case.business]
    return not loaded.business.by_firm or bool(setting["review"])


def submit(work: Work, actor: Actor, case: Case) -> Case:
    """Move a complete case to 待复核 with its promised time; raises `WrongState` when a step is missing.

    Only documents that attest the present data and key are handed in. A business that the firm does not review
    (补签协议 by default) is done at once.
    """
    loaded = load_case(work, case)
    if loaded.current is not None:
        raise WrongState(Sentence("还有步骤没有完成：{title}。", title=loaded.current.title))
    void_outdated(work, loaded)
    hours = ServiceHours.of(loaded.rules["service_hours"], "witness")
    due = review_due_at(work.now, hours, calendar_around(work))
    state = next_state(case.state, Action.SUBMIT)
    case = work.cases.change(case, state=state, submitted_at=work.now, due_at=due, current_step="submit", remark="")
    open_red_flags(work, loaded)
    keep_marks(work, loaded)
    work.audit(actor, Tag.CUSTOMER_CASE_SUBMIT, f"case:{case.id}", version=case.version)
    if not is_reviewed(loaded):
        approve(work, system(work.firm_id), load_case(work, case), Tag.SYSTEM_CASE_APPROVE)
    return case
