"""Take the whole set of rules from one firm to another: one file out, drafts of all that differs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actor import Actor
from core.audit import Tag
from core.permissions import Permission, allow
from core.ports import Desk
from core.records_rules import DraftContent, DraftState, RuleDraft
from core.rule_kinds.fields import Problem
from core.rule_kinds.file import read_rules, write_rules
from core.sentence import Sentence
from core.usecases.draft_rules import (
    DAY,
    MOST_NOTE,
    NOTE,
    day_problem,
    newest_bodies,
    newest_version,
)
from core.usecases.post_dry_run import can_be_tried, post_dry_run


@dataclass(frozen=True)
class Imported:
    """What came of a file: problems by kind (then nothing was written), or the kinds that wait for approval."""

    problems: dict[str, tuple[Problem, ...]]
    kinds: tuple[str, ...] = ()
    batch: str = ""


def export_rules(desk: Desk, actor: Actor) -> bytes:
    """The newest version of each kind, planned ones included, as one file."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        data = write_rules(newest_bodies(work))
        work.audit(actor, Tag.STAFF_RULE_EXPORT, f"firm:{actor.firm_id}", size=len(data))
        return data


def import_rules(desk: Desk, actor: Actor, data: bytes, note: str, effective_on: date | None = None) -> Imported:
    """Hand in a draft for each kind in which the file differs; a second person decides them together."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        branches = {branch.id: branch.name for branch in work.firms.branches()}
    bodies, problems = read_rules(data, branches)
    if not 0 < len(note.strip()) <= MOST_NOTE:
        problems[NOTE[0]] = (Problem(NOTE, Sentence("请写明导入的原因，最多 {MOST_NOTE} 字。", MOST_NOTE=MOST_NOTE)),)
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        present = newest_bodies(work)
        changed = [kind for kind, body in sorted(bodies.items()) if kind in present and present[kind] != body]
        late = next(filter(None, (day_problem(work, kind, effective_on) for kind in changed)), "")
        if late:
            problems[DAY[0]] = (Problem(DAY, late),)
        if problems or not changed:
            return Imported(problems)
        batch = work.new_id()
        for kind in changed:
            content = DraftContent(bodies[kind], note, effective_on)
            state, base = DraftState.PROPOSED, newest_version(work, kind)
            draft = RuleDraft(work.new_id(), kind, base, content, state, 1, actor.id, work.now, batch, work.now)
            work.rule_drafts.add_draft(draft)
            if can_be_tried(kind):
                post_dry_run(work, draft)
        work.audit(actor, Tag.STAFF_RULE_IMPORT, f"firm:{actor.firm_id}", batch=batch, kinds=changed)
        return Imported({}, tuple(changed), batch)
