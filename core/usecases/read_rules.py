"""The firm's own rules as staff see them: what holds, since when, by whom, what is planned, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.actor import Actor
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records_rules import DataVersion, DraftState, RuleDraft
from core.rule_kinds import KINDS, find_kind
from core.rule_kinds.fields import Problem
from core.rule_kinds.kind import Kind
from core.usecases.draft_rules import draft_problems, find_draft, moved_on, name_of, newest_bodies

UNFINISHED = (DraftState.OPEN, DraftState.PROPOSED)


@dataclass(frozen=True)
class KindState:
    """A kind with the version in effect, those planned, and the drafts nobody has decided; names of who changed it."""

    kind: Kind
    present: DataVersion
    planned: tuple[DataVersion, ...]
    drafts: tuple[RuleDraft, ...]
    names: Mapping[str, str]


@dataclass(frozen=True)
class KindHistory:
    """Every version of a kind, the newest first, and every draft of it; names by actor id."""

    kind: Kind
    present: int
    versions: tuple[DataVersion, ...]
    drafts: tuple[RuleDraft, ...]
    names: Mapping[str, str]


@dataclass(frozen=True)
class DraftView:
    """A draft beside the version it was made from; `moved` says who changed the rules since, empty for nobody.

    `others` are the newest bodies of all kinds, for the lists to choose from.
    """

    draft: RuleDraft
    kind: Kind
    base: Any
    problems: tuple[Problem, ...]
    moved: str
    others: Mapping[str, Any]
    names: Mapping[str, str]


def rule_states(desk: Desk, actor: Actor) -> list[KindState]:
    """Every kind in the order of the page; kinds that nobody described are left out."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        versions, drafts = work.rule_drafts.versions(), work.rule_drafts.in_states(UNFINISHED)
        names = _names(work, {v.changed_by for v in versions} | {d.made_by for d in drafts})
        found = []
        for kind in KINDS.values():
            own = [version for version in versions if version.kind == kind.key]
            present = next((version for version in own if version.effective_from <= work.now), None)
            if present:
                planned = tuple(version for version in own if version.version > present.version)
                mine = tuple(draft for draft in drafts if draft.kind == kind.key)
                found.append(KindState(kind, present, planned, mine, names))
        return found


def rule_history(desk: Desk, actor: Actor, kind: str) -> KindHistory:
    """The versions and drafts of one kind."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        versions, drafts = work.rule_drafts.versions(kind), work.rule_drafts.of_kind(kind)
        actors = {v.changed_by for v in versions} | {d.made_by for d in drafts} | {d.decided_by or "" for d in drafts}
        present = work.firms.current_versions().get(kind, 0)
        return KindHistory(find_kind(kind), present, tuple(versions), tuple(drafts), _names(work, actors))


def rule_body(desk: Desk, actor: Actor, kind: str, version: int) -> Any:
    """The body of one version; KeyError when there is none."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        return work.firms.data(kind, version)


def rules_beside(desk: Desk, actor: Actor) -> Mapping[str, Any]:
    """The newest bodies of all kinds, for the words of what refers to them."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        return newest_bodies(work)


def read_draft(desk: Desk, actor: Actor, draft_id: str) -> DraftView:
    """A draft with everything that its page shows."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        draft = find_draft(work, draft_id)
        together = [draft]
        if draft.batch:
            together += [each for each in work.rule_drafts.in_states(UNFINISHED) if each.batch == draft.batch]
        others = newest_bodies(work, together)
        undecided = draft.state in UNFINISHED
        return DraftView(
            draft,
            find_kind(draft.kind),
            work.firms.data(draft.kind, draft.base_version),
            draft_problems(work, draft, others) if undecided else (),
            moved_on(work, draft) if undecided else "",
            others,
            _names(work, {draft.made_by, draft.decided_by or ""}),
        )


def open_drafts(desk: Desk, actor: Actor) -> list[tuple[RuleDraft, str]]:
    """What is being written or waits for approval, with the maker's name, the oldest first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        drafts = work.rule_drafts.in_states(UNFINISHED)
        names = _names(work, {draft.made_by for draft in drafts})
        return [(draft, names[draft.made_by]) for draft in drafts]


def _names(work: Work, actors: set[str]) -> dict[str, str]:
    return {actor: name_of(work, actor) for actor in actors}
