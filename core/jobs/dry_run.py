"""The dry run of a draft: each finished case of the last months once under its own rules and once under the draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

from core.actor import system
from core.audit import Tag
from core.flow import Rules
from core.ports import Desk, Work
from core.records_rules import PastCase, RuleDraft
from core.rules.dry_run import DECIDES, outcomes, steps_of
from core.usecases.loading import rules_for

TOGETHER, IN_ONE_RUN = 500, 10_000
"""Cases of one transaction, and of one lease of the job; it goes on where it stopped."""
MOST_NAMED = 200
"""Case numbers kept of each outcome; the counts go on."""
MONTH = timedelta(days=30)


def dry_run(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Go on with a dry run; False when more cases wait. Ends quietly when the draft was begun anew."""
    for _ in range(IN_ONE_RUN // TOGETHER):
        with desk.read(firm_id) as work:
            draft = work.rule_drafts.find(str(payload["draft"]))
            if draft is None or not _goes_on(draft, payload):
                return True
            numbers, more = _next_cases(work, draft)
        with desk.write(firm_id) as work:
            present = work.rule_drafts.find(draft.id)
            if present is None or not _goes_on(present, payload):
                return True
            _keep(work, draft, numbers, ended=not more)
        if not more:
            return True
    return False


def _goes_on(draft: RuleDraft, payload: Mapping[str, Any]) -> bool:
    """Whether nobody began another dry run of the draft."""
    numbers = draft.numbers or {}
    return bool(numbers) and numbers["run"] == payload["run"] and numbers["state"] != "done"


def _next_cases(work: Work, draft: RuleDraft) -> tuple[dict[str, Any], bool]:
    """The figures with some cases more, and whether there were any; outside the write lock, because it takes long."""
    numbers: dict[str, Any] = deepcopy(dict(draft.numbers or {}))
    since = work.now - MONTH * int(numbers["months"])
    found = work.rule_drafts.finished_since(since, numbers["after"], TOGETHER, steps_of(draft.kind))
    for past in found:
        _count(work, draft, past, numbers)
    if found:
        numbers.update(state="running", done=numbers["done"] + len(found), after=found[-1].id)
    return numbers, bool(found)


def _count(work: Work, draft: RuleDraft, past: PastCase, numbers: dict[str, Any]) -> None:
    aspects, own = DECIDES[draft.kind], rules_for(work, past.rules)
    other = Rules({**own.data, draft.kind: draft.content.body}, own.versions)
    before, after = outcomes(past, own, aspects), outcomes(past, other, aspects)
    differs = [aspect for aspect in aspects if before.get(aspect) != after.get(aspect)]
    numbers["changed"] += bool(differs)
    for aspect in differs:
        row = numbers["aspects"].setdefault(aspect, {"count": 0, "cases": [], "moves": {}})
        row["count"] += 1
        if len(row["cases"]) < MOST_NAMED:
            row["cases"].append(past.number)
        move = f"{before.get(aspect, '—')} → {after.get(aspect, '—')}"
        row["moves"] = dict(Counter(row["moves"]) + Counter([move]))


def _keep(work: Work, draft: RuleDraft, numbers: dict[str, Any], *, ended: bool) -> None:
    if ended:
        numbers.update(state="done", at=work.now.isoformat(timespec="seconds"), total=numbers["done"])
    work.rule_drafts.keep_numbers(draft.id, numbers)
    if ended:
        counted = {"cases": numbers["done"], "changed": numbers["changed"]}
        work.audit(system(work.firm_id), Tag.SYSTEM_RULE_TRY, f"rule:{draft.kind}", draft=draft.id, **counted)
