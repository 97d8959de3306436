"""Change the firm's own rules: a draft of one kind of firm data is begun, written, handed in or withdrawn.

Generic over kinds: what a body must look like is said by core/rule_kinds. Another person decides (decide_rules.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records_rules import DraftContent, DraftState, RuleDraft
from core.rule_kinds import find_kind, find_problems
from core.rule_kinds.fields import Problem
from core.rule_kinds.merge import carry_over
from core.rules.calendar import SHANGHAI, local_day, local_time
from core.sentence import Sentence
from core.usecases.post_dry_run import can_be_tried, post_dry_run

MOST_NOTE = 500
NOTE, DAY, BODY = ("@note",), ("@effective_on",), ("@body",)
"""Places of a draft that are not in its body."""


def begin_draft(desk: Desk, actor: Actor, kind: str, body: Any = None, from_draft: str = "") -> RuleDraft:
    """A new open draft of the newest version of a kind, planned ones included; `body` replaces that version's.

    `from_draft` names an own or decided draft of that kind: what it changed is carried over, save what collides.
    """
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        newest = newest_version(work, kind)
        content = DraftContent(work.firms.data(kind, newest) if body is None else body)
        if from_draft:
            content = _carried(work, find_draft(work, from_draft), newest)
        draft = RuleDraft(work.new_id(), kind, newest, content, DraftState.OPEN, 1, actor.id, work.now)
        work.rule_drafts.add_draft(draft)
        work.audit(actor, Tag.STAFF_RULE_BEGIN, f"rule:{kind}", draft=draft.id, base=newest)
        return draft


def _carried(work: Work, old: RuleDraft, newest: int) -> DraftContent:
    base, body = work.firms.data(old.kind, old.base_version), work.firms.data(old.kind, newest)
    merged, _ = carry_over(find_kind(old.kind).shape, base, old.content.body, body)
    return DraftContent(merged, old.content.note, None, old.content.open_cases)


def save_draft(desk: Desk, actor: Actor, draft_id: str, revision: int, content: DraftContent) -> RuleDraft:
    """Keep what the maker has written so far, right or wrong; raises `Stale` when another tab was first."""
    with desk.write(actor.firm_id) as work:
        draft = _own_draft(work, actor, draft_id, DraftState.OPEN)
        if draft.revision != revision or not work.rule_drafts.save(draft, content):
            raise Stale
        work.audit(actor, Tag.STAFF_RULE_SAVE, f"rule:{draft.kind}", draft=draft.id, revision=revision + 1)
        return find_draft(work, draft_id)


def propose_draft(desk: Desk, actor: Actor, draft_id: str) -> tuple[Problem, ...]:
    """Hand a draft in for approval, with a dry run where past cases depend on it; returns what is to be put right."""
    with desk.write(actor.firm_id) as work:
        draft = _own_draft(work, actor, draft_id, DraftState.OPEN)
        moved = moved_on(work, draft)
        found = (Problem(BODY, moved),) if moved else draft_problems(work, draft)
        if found:
            return found
        if not work.rule_drafts.move(draft, DraftState.PROPOSED, proposed_at=work.now):
            raise Stale
        if can_be_tried(draft.kind):
            post_dry_run(work, draft)
        work.audit(actor, Tag.STAFF_RULE_PROPOSE, f"rule:{draft.kind}", draft=draft.id, base=draft.base_version)
        return ()


def withdraw_draft(desk: Desk, actor: Actor, draft_id: str) -> None:
    """Take an own draft back, before or after it was handed in."""
    with desk.write(actor.firm_id) as work:
        draft = _own_draft(work, actor, draft_id, DraftState.OPEN, DraftState.PROPOSED)
        if not work.rule_drafts.move(draft, DraftState.WITHDRAWN):
            raise Stale
        work.audit(actor, Tag.STAFF_RULE_WITHDRAW, f"rule:{draft.kind}", draft=draft.id)


# -- parts of these use cases, and of others about drafts
def find_draft(work: Work, draft_id: str) -> RuleDraft:
    """The draft; raises `NotFound`."""
    draft = work.rule_drafts.find(draft_id)
    if draft is None:
        raise NotFound
    return draft


def newest_version(work: Work, kind: str) -> int:
    """The newest version of a kind, planned ones included; raises `NotFound` for what the firm does not have."""
    found = work.rule_drafts.versions(kind)
    if not found:
        raise NotFound
    return found[0].version


def newest_bodies(work: Work, drafts: Sequence[RuleDraft] = ()) -> Mapping[str, Any]:
    """The newest body of each kind, planned ones included, with these drafts in their place; `branches` beside them."""
    newest: dict[str, int] = {}
    for version in work.rule_drafts.versions():
        newest.setdefault(version.kind, version.version)
    bodies = {kind: work.firms.data(kind, number) for kind, number in newest.items()}
    branches = {branch.id: branch.name for branch in work.firms.branches()}
    return {"branches": branches, **bodies, **{draft.kind: draft.content.body for draft in drafts}}


def _own_draft(work: Work, actor: Actor, draft_id: str, *states: DraftState) -> RuleDraft:
    """Only the maker changes a draft, so that whoever approves it wrote none of it."""
    allow(actor, Permission.RULE_DRAFT)
    draft = find_draft(work, draft_id)
    if draft.made_by != actor.id:
        raise WrongState("这份草稿由另一位同事编写，只有编写人可以修改、提交或撤回。")
    if draft.state not in states:
        raise WrongState
    return draft


def draft_problems(work: Work, draft: RuleDraft, others: Mapping[str, Any] | None = None) -> tuple[Problem, ...]:
    """Everything that keeps a draft from being handed in: its body, that nothing changed, its reason, its day."""
    content, own = draft.content, []
    if not 0 < len(content.note.strip()) <= MOST_NOTE:
        own.append(Problem(NOTE, Sentence("请写明修改的原因，最多 {MOST_NOTE} 字。", MOST_NOTE=MOST_NOTE)))
    if content.body == work.firms.data(draft.kind, draft.base_version):
        own.append(Problem(BODY, "内容与现有版本相同，没有需要审批的修改。"))
    wrong_day = day_problem(work, draft.kind, content.effective_on)
    if wrong_day:
        own.append(Problem(DAY, wrong_day))
    around = others or newest_bodies(work)
    found = find_problems(draft.kind, content.body, around)
    return (*own, *(found or _against_the_past(work, draft, around)))


def _against_the_past(work: Work, draft: RuleDraft, others: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What every version that was ever stored forbids; they are only read for a kind that asks."""
    checks = find_kind(draft.kind).against
    earlier = (
        [work.firms.data(draft.kind, each.version) for each in work.rule_drafts.versions(draft.kind)] if checks else []
    )
    body, day = draft.content.body, draft.content.effective_on
    return tuple(problem for check in checks for problem in check(body, others, day, earlier))


def day_problem(work: Work, kind: str, day: date | None) -> str:
    """Why the version may not take effect on that day; empty when it may.

    Versions take effect in the order of their numbers, so none may overtake one that is planned.
    """
    today, planned = local_day(work.now), work.rule_drafts.versions(kind)
    if day is not None and day < today:
        return "生效日期已经过去，请选择今天或以后的日期。"
    if planned and effective_moment(day, work.now) < planned[0].effective_from:
        first = local_day(planned[0].effective_from)
        return Sentence("已有计划于 {first} 生效的版本，生效日期不能早于这一天。", first=f"{first:%Y-%m-%d}")
    return ""


def effective_moment(day: date | None, now: datetime) -> datetime:
    """The beginning of that day in Shanghai; today, or no day: at once."""
    return now if day is None or day <= local_day(now) else local_time(day, 0)


def moved_on(work: Work, draft: RuleDraft) -> str:
    """Who changed the rules after the draft was begun, as a sentence; empty when its base is the newest version."""
    newest = work.rule_drafts.versions(draft.kind)[0]
    if newest.version == draft.base_version:
        return ""
    who = name_of(work, newest.changed_by)
    when = f"{newest.created_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return Sentence(
        "草稿依据的是第 {base_version} 版，{who}已于 {when} 改为第 {version} 版。"
        "请由编写人从最新版本重新开始，不冲突的修改会保留。",
        base_version=draft.base_version,
        who=who,
        when=when,
        version=newest.version,
    )


def name_of(work: Work, actor_id: str) -> str:
    """What a member of staff is called on screen; the system for what nobody did."""
    member = work.people.find_staff(staff_id=actor_id.removeprefix("staff:"))
    return member.name if member else "系统"
