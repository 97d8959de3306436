"""What every step's screen gets, and the two buttons under it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from core.actor import Actor
from core.errors import DeskError, Stale
from core.flow import Checked, Step
from core.ports import Desk
from core.records import SessionRecord
from core.steps.photos import ALL_SLOTS
from core.usecases.answer_step import answer_step, keep_draft
from core.usecases.loading import Loaded
from pages.parts import notice, state
from pages.parts.language import _
from pages.parts.state import Key


@dataclass(frozen=True)
class StepView:
    """One step of one case as its customer sees it."""

    desk: Desk
    actor: Actor
    session: SessionRecord
    loaded: Loaded
    step: Step
    plan: tuple[Step, ...]

    @property
    def case_id(self) -> str:
        """Id of the case."""
        return self.loaded.case.id

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """What was saved in this step: the draft of a refused attempt when it is newer than the answer."""
        answer = self.loaded.facts.answers.get(self.step.key)
        draft = self.loaded.facts.answers.get(f"draft:{self.step.key}")
        newest = max((a for a in (answer, draft) if a), key=lambda a: a.saved_at, default=None)
        return newest.values if newest else {}

    @property
    def done(self) -> bool:
        """Whether nothing is left to do here."""
        return self.loaded.done[self.step.key]

    def key(self, name: str) -> str:
        """Widget key of a field of this step."""
        return f"{self.step.key}_{name}"

    def errors(self) -> Mapping[str, str]:
        """Mistakes of the last attempt, by field."""
        found: Mapping[str, str] = self._mistakes.get(self.step.key, {})
        return found

    @cached_property
    def _mistakes(self) -> Mapping[str, Any]:
        """Read once, because every field asks and session_state is slow."""
        return state.get(Key.ERRORS) or {}

    def _forget_mistakes(self) -> None:
        self.__dict__.pop("_mistakes", None)

    def warnings(self) -> Mapping[str, str]:
        """Doubts of the last attempt, by field."""
        return self._doubts

    @cached_property
    def _doubts(self) -> Mapping[str, str]:
        found: Mapping[str, str] = (state.get(Key.WARNINGS) or {}).get(self.step.key, {})
        return found

    def show_error(self, field: str) -> None:
        """The mistake under its field."""
        if field in self.errors():
            notice.field_error(self.errors()[field])

    def go(self, key: str | None) -> None:
        """Look at another step (None: where the case stands) on the next run, from its top."""
        state.put(Key.VIEW, key)
        state.put(Key.PLACE, ("header", secrets.token_hex(4)))
        state.drop(Key.ERRORS, Key.WARNINGS, Key.ASKING, Key.NOTED)
        self._forget_mistakes()

    def _neighbour(self, offset: int) -> str | None:
        keys = [step.key for step in self.plan]
        position = keys.index(self.step.key) + offset
        return keys[position] if 0 <= position < len(keys) else None

    def forward(self) -> None:
        """Go on to the following step."""
        self.go(self._neighbour(1))

    def back(self) -> None:
        """Go back one step; nothing is lost."""
        self.go(self._neighbour(-1))

    def fail(self, errors: Mapping[str, str]) -> None:
        """Keep mistakes for the next run, which brings the first one into view."""
        state.put(Key.ERRORS, {self.step.key: dict(errors)})
        self._forget_mistakes()
        if errors:
            first = next(iter(errors))
            field = f"card-{first}" if first in ALL_SLOTS else self.key(first)
            state.put(Key.PLACE, (field, secrets.token_hex(4)))

    def save(self, answers: Mapping[str, Any]) -> bool:
        """Save the step's answers and go on; with mistakes they are kept for the fields.

        What was accepted with a doubt or a notice (R107, age) stands on the following screen.
        Who looked back at a finished step goes on to the following one; otherwise the case says what is still to be
        done, so that after a rejection nothing finished is walked through again.
        """
        checked = self.attempt(
            lambda: answer_step(self.desk, self.actor, self.case_id, self.step.key, answers, self.loaded.case.version)
        )
        if checked is None:
            return False
        state.put(Key.WARNINGS, {self.step.key: dict(checked.warnings)})
        if not checked.ok:
            keep_draft(self.desk, self.actor, self.case_id, self.step.key, answers)
            self.fail(checked.errors)
            return False
        if self.done:
            self.forward()
        else:
            self.go(None)
        state.put(Key.NOTED, list(checked.warnings.values()))
        return True

    def attempt(self, act: Callable[[], Checked]) -> Checked | None:
        """Run a use case; a refusal becomes a message on the next run."""
        try:
            return act()
        except Stale as error:
            self.go(None)
            state.say(error.text)
        except DeskError as error:
            self.fail({"step": error.text})
        return None

    def press(self, act: Callable[..., object], *args: object) -> None:
        """For the callback of a button: what is refused because another tab changed it is said, and the page is new."""
        try:
            act(*args)
        except DeskError as error:
            state.say(error.text)

    def actions(
        self,
        on_next: Callable[[], Any] | None = None,
        label: str = "下一步",
        back: tuple[str, Callable[[], Any]] | None = None,
    ) -> None:
        """上一步 and 下一步 at the bottom of the screen; without `on_next` the step finishes by other means.

        `back` is what stands instead of 上一步 where a step has several screens.
        """
        if "step" in self.errors():
            notice.refusal(self.errors()["step"])
        with st.container(key="actions", horizontal=True):
            if back or self._neighbour(-1):
                words, go_back = back or (_("上一步"), self.back)
                st.button(words, key="previous", on_click=go_back)
            if on_next or self.done:
                st.button(_(label), key="next", type="primary", on_click=on_next or self.forward)
