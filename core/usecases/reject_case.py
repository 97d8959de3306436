"""Reject with coded reasons at the witness or at the review; only what was wrong has to be done again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.case import Action, Case, State, next_state
from core.errors import WrongState
from core.flow import Rejection
from core.ports import Work
from core.usecases.loading import Loaded, settle
from core.usecases.notify import notify_case
from core.usecases.reservations import release
from core.usecases.review_decisions import REJECTED, TERMINATED, note_decision

ENDING = {"counter", "stop", "silent"}
WAIT = "wait"
"""Kind of a reason that asks nothing of the customer: the case stays with the reviewer (M01)."""
_TEMPLATES = {"witness": "witness_rejected", "review": "review_rejected", "callback": "review_rejected"}


def reasons_for(stage: str, loaded: Loaded) -> list[Mapping[str, Any]]:
    """The firm's reasons that may be given at a stage (witness, review, callback): those whose step the case has."""
    return [
        reason
        for reason in loaded.rules["reject_reasons"]["reasons"]
        if stage in reason["stages"] and (reason["kind"] in {*ENDING, WAIT} or targets_of([reason], loaded))
    ]


def targets_of(reasons: Iterable[Mapping[str, Any]], loaded: Loaded) -> tuple[str, ...]:
    """The steps of this business that the reasons send back to; other businesses may have more of them."""
    has = {step.key for step in loaded.business.steps}
    steps = (step for reason in reasons for step in (reason["step"], *reason["also"]))
    return tuple(dict.fromkeys(step for step in steps if step in has))


def default_text(codes: Sequence[str], rules: Any) -> str:
    """What the customer is told for these codes, before staff change it."""
    texts = {r["code"]: r["customer_text"] for r in rules["reject_reasons"]["reasons"]}
    return "\n".join(texts[code] for code in codes if code in texts)


def reject(
    work: Work, actor: Actor, loaded: Loaded, stage: str, codes: Sequence[str], customer_text: str, internal: str
) -> Case:
    """Store the rejection and move the case; hard reasons end it, `wait` alone leaves it where it is.

    Raises `WrongState` without a known code.
    """
    reasons = [reason for reason in reasons_for(stage, loaded) if reason["code"] in codes]
    if not reasons or len(reasons) != len(set(codes)):
        raise WrongState("请选择驳回原因。")
    text = customer_text.strip() or default_text(codes, loaded.rules)
    targets = targets_of(reasons, loaded)
    rejection = Rejection(work.new_id(), stage, tuple(codes), targets, text, work.now)
    work.cases.add_rejection(loaded.case.id, rejection, internal.strip(), actor.id)
    kinds = {str(reason["kind"]) for reason in reasons}
    if stage == "review" and kinds != {WAIT}:
        note_decision(work, actor, loaded, TERMINATED if kinds & ENDING else REJECTED)
    case = _move(work, loaded, stage, kinds, text)
    _tell(work, loaded, stage, kinds)
    tag = Tag.STAFF_CASE_TERMINATE if kinds & ENDING else Tag.STAFF_CASE_REJECT
    work.audit(actor, tag, f"case:{case.id}", stage=stage, codes=list(codes), targets=list(targets))
    return case


def _move(work: Work, loaded: Loaded, stage: str, kinds: set[str], text: str) -> Case:
    if kinds & ENDING:
        return _terminate(work, loaded, text)
    if kinds == {WAIT}:
        next_state(loaded.case.state, Action.REJECT)
        return work.cases.change(loaded.case, remark=text)
    return _send_back(work, loaded, stage, text)


def _send_back(work: Work, loaded: Loaded, stage: str, text: str) -> Case:
    action = Action.WITNESS_REJECT if stage == "witness" else Action.REJECT
    state = next_state(loaded.case.state, action)
    free = {"reviewer_id": None, "reviewer_until": None} if stage != "witness" else {}
    case = work.cases.change(loaded.case, state=state, remark=text, **free)
    return settle(work, case)


def _terminate(work: Work, loaded: Loaded, text: str) -> Case:
    state = next_state(loaded.case.state, Action.TERMINATE)
    assert state is State.TERMINATED
    release(work, loaded.case)
    return work.cases.change(
        loaded.case, state=state, remark=text, closed_at=work.now, reviewer_id=None, reviewer_until=None
    )


def _tell(work: Work, loaded: Loaded, stage: str, kinds: set[str]) -> None:
    if "counter" in kinds:
        notify_case(work, loaded, "to_counter")
    elif kinds & ENDING:
        notify_case(work, loaded, "stopped")
    elif kinds != {WAIT}:
        notify_case(work, loaded, _TEMPLATES[stage])
