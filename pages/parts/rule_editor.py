"""What the form of a draft works on: the draft as stored, one change at a time, each kept at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.records_rules import DraftContent
from core.rule_kinds.fields import Field, Path, Scope
from core.rule_kinds.places import stored, with_value
from core.usecases.draft_rules import save_draft
from core.usecases.read_rules import DraftView, read_draft
from pages.parts import acting, notice


class RuleKey(StrEnum):
    """Keys of st.session_state of the pages about rules."""

    ROUND = "rule_round"
    SEEN = "rule_seen"


@dataclass(frozen=True)
class Editor:
    """The draft on the page, with whom and what changes it."""

    desk: Desk
    actor: Actor
    view: DraftView

    @property
    def scope(self) -> Scope:
        """What closed lists may name."""
        return Scope(self.view.draft.content.body, self.view.others)

    def key(self, path: Path, name: str = "") -> str:
        """Key of a widget: the same place of the same draft, until rows move and all widgets begin anew."""
        turn = st.session_state.get(RuleKey.ROUND, 0)
        place = ".".join(str(step) for step in path)
        parts = [f"rule_{self.view.draft.id[:6]}", place, name, str(turn) if turn else ""]
        return "_".join(part for part in parts if part)

    def keep(self, change: Callable[[DraftContent], DraftContent]) -> None:
        """Change the draft as it is stored now; the page's own copy may be a click behind."""
        acting.attempt(lambda: self._keep(change))

    def _keep(self, change: Callable[[DraftContent], DraftContent]) -> None:
        draft = read_draft(self.desk, self.actor, self.view.draft.id).draft
        changed = change(draft.content)
        if changed != draft.content:
            saved = save_draft(self.desk, self.actor, draft.id, draft.revision, changed)
            st.session_state[RuleKey.SEEN] = (saved.id, saved.revision)

    def put(self, path: Path, value: Any) -> None:
        """Keep a value at a place of the body."""
        self.keep(lambda content: replace(content, body=with_value(content.body, path, value)))

    def put_from(self, path: Path, field: Field, key: str, convert: Callable[[Any], Any]) -> None:
        """Keep what a widget holds."""
        self.put(path, stored(field, convert(st.session_state[key])))

    def put_rows(self, path: Path, rows: Any) -> None:
        """Keep rows that were added, moved or taken away; every widget begins anew."""
        self.put(path, rows)
        begin_round()

    def show_error(self, path: Path) -> None:
        """What is wrong at exactly this place."""
        for problem in self.view.problems:
            if problem.path == path:
                notice.field_error(problem.text)


def begin_round() -> None:
    """Let every widget of the form take its value from the draft again."""
    st.session_state[RuleKey.ROUND] = st.session_state.get(RuleKey.ROUND, 0) + 1


def notice_other_tab(view: DraftView) -> bool:
    """Whether the draft was changed elsewhere since this page showed it; then the widgets begin anew."""
    mark, seen = (view.draft.id, view.draft.revision), st.session_state.get(RuleKey.SEEN)
    st.session_state[RuleKey.SEEN] = mark
    elsewhere = seen is not None and seen[0] == mark[0] and seen != mark
    if elsewhere or (seen is not None and seen[0] != mark[0]):
        begin_round()
    return elsewhere
