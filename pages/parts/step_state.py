"""The four states a step can be drawn in, each with its words and its icon (a name of Material Symbols)."""

from __future__ import annotations

from enum import StrEnum

from pages.parts.language import _


class StepState(StrEnum):
    """How a step stands for the customer; the value is also the name of its style."""

    DONE = "done"
    CURRENT = "current"
    TODO = "todo"
    REJECTED = "rejected"

    @property
    def words(self) -> str:
        """The state in Chinese."""
        return _(_WORDS[self])

    @property
    def icon(self) -> str:
        """The name of the icon."""
        return _ICONS[self]


_WORDS = {
    StepState.DONE: "已完成",
    StepState.CURRENT: "进行中",
    StepState.TODO: "未开始",
    StepState.REJECTED: "需修改",
}
_ICONS = {
    StepState.DONE: "check_circle",
    StepState.CURRENT: "adjust",
    StepState.TODO: "radio_button_unchecked",
    StepState.REJECTED: "error",
}
