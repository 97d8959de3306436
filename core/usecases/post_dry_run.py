"""Queue the dry run of a draft in the transaction of whoever wants it."""

from __future__ import annotations

from datetime import timedelta

from core.flow import fingerprint
from core.ports import Work
from core.records_rules import RuleDraft
from core.rules.dry_run import DECIDES

USUAL_MONTHS = 6
_MONTH = timedelta(days=30)


def can_be_tried(kind: str) -> bool:
    """Whether any finished case depends on this kind."""
    return kind in DECIDES


def post_dry_run(work: Work, draft: RuleDraft, months: int = USUAL_MONTHS) -> None:
    """Queue the job; one that still runs for the draft stops by itself."""
    run = work.new_id()
    numbers = {
        "run": run, "state": "waiting", "months": months, "done": 0, "changed": 0, "after": "", "aspects": {},
        "total": work.rule_drafts.count_finished(work.now - _MONTH * months),
        "body": fingerprint("rule", draft.content.body),
    }  # fmt: skip
    work.rule_drafts.keep_numbers(draft.id, numbers)
    work.jobs.post("dry_run", {"draft": draft.id, "run": run})
