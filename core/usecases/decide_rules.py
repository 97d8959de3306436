"""The second person decides a change of the firm's rules: it becomes a version with its day, or goes back.

Drafts of one import stand or fall together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.errors import Stale, WrongState
from core.permissions import Permission, allow, second_person
from core.ports import Desk, Work
from core.records_rules import DraftState, RuleDraft
from core.sentence import Sentence
from core.usecases.draft_rules import (
    draft_problems,
    effective_moment,
    find_draft,
    moved_on,
    newest_bodies,
)

MOST_REASON = 500


def approve_draft(desk: Desk, actor: Actor, draft_id: str) -> tuple[str, ...]:
    """Let it take effect at its day; the kinds that got a new version.

    Raises `NotAllowed` for the maker, `Stale` when the version it was made from is not the newest any more (saying who
    changed it), `WrongState` when it was decided already or does not pass the checks any more.
    """
    with desk.write(actor.firm_id) as work:
        drafts = _waiting(work, actor, draft_id)
        others = newest_bodies(work, drafts)
        for draft in drafts:
            _still_right(work, draft, others)
        for draft in drafts:
            _take_effect(work, actor, draft)
        return tuple(draft.kind for draft in drafts)


def refuse_draft(desk: Desk, actor: Actor, draft_id: str, reason: str) -> dict[str, str]:
    """Send it back to its maker with a reason; returns errors by field."""
    words = reason.strip()
    if not 0 < len(words) <= MOST_REASON:
        return {"reason": Sentence("请写明退回的原因，最多 {MOST_REASON} 字。", MOST_REASON=MOST_REASON)}
    with desk.write(actor.firm_id) as work:
        for draft in _waiting(work, actor, draft_id):
            decision = {"decided_by": actor.id, "decided_at": work.now, "reason": words}
            if not work.rule_drafts.move(draft, DraftState.REFUSED, **decision):
                raise Stale
            work.audit(actor, Tag.STAFF_RULE_REFUSE, f"rule:{draft.kind}", draft=draft.id)
    return {}


def _waiting(work: Work, actor: Actor, draft_id: str) -> list[RuleDraft]:
    """The draft with all of its batch, when this person may decide them."""
    allow(actor, Permission.RULE_APPROVE)
    draft = find_draft(work, draft_id)
    if draft.state is not DraftState.PROPOSED:
        raise WrongState
    second_person(actor, draft.made_by)
    waiting = work.rule_drafts.in_states([DraftState.PROPOSED])
    return [each for each in waiting if each.id == draft.id or (draft.batch and each.batch == draft.batch)]


def _still_right(work: Work, draft: RuleDraft, others: Mapping[str, Any]) -> None:
    moved = moved_on(work, draft)
    if moved:
        raise Stale(moved)
    problems = draft_problems(work, draft, others)
    if problems:
        raise WrongState(Sentence("{text}请退回编写人修改。", text=problems[0].text))


def _take_effect(work: Work, actor: Actor, draft: RuleDraft) -> None:
    """One version more, and a job for the open cases that are to follow."""
    version, content = draft.base_version + 1, draft.content
    begins = effective_moment(content.effective_on, work.now)
    decision = {"decided_by": actor.id, "decided_at": work.now, "version": version}
    if not work.rule_drafts.move(draft, DraftState.APPROVED, **decision):
        raise Stale
    work.firms.add_data(draft.kind, version, content.body, begins, draft.made_by)
    if content.open_cases:
        work.jobs.post("apply_rules", {"kind": draft.kind, "version": version}, run_at=begins)
    work.audit(
        actor, Tag.STAFF_RULE_APPROVE, f"rule:{draft.kind}", draft=draft.id, version=version,
        effective_from=begins.isoformat(), made_by=draft.made_by, open_cases=content.open_cases,
    )  # fmt: skip
