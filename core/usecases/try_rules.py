"""Begin a dry run of a draft; the job core/jobs/dry_run.py does it, its page shows how far it is."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import WrongState
from core.flow import fingerprint
from core.permissions import Permission, allow
from core.ports import Desk
from core.records_rules import DraftState, RuleDraft
from core.usecases.draft_rules import find_draft
from core.usecases.post_dry_run import USUAL_MONTHS, can_be_tried, post_dry_run

MONTHS = (1, 3, 6, 12)


def start_dry_run(desk: Desk, actor: Actor, draft_id: str, months: int = USUAL_MONTHS) -> None:
    """Look which finished cases of the last `months` would have gone differently under an undecided draft."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        draft = find_draft(work, draft_id)
        if draft.state not in {DraftState.OPEN, DraftState.PROPOSED} or months not in MONTHS:
            raise WrongState
        if not can_be_tried(draft.kind):
            raise WrongState("这类规则不影响已办结业务的结果，不需要试算。")
        post_dry_run(work, draft, months)
        work.audit(actor, Tag.STAFF_RULE_TRY, f"rule:{draft.kind}", draft=draft.id, months=months)


def is_of_this_text(draft: RuleDraft) -> bool:
    """Whether the figures were found with the draft as it stands."""
    return (draft.numbers or {}).get("body") == fingerprint("rule", draft.content.body)
