"""Named conditions that firm data may put on a question or a step of a script."""

from __future__ import annotations

from core.flow import Facts, Rules
from core.steps.exchanges import insisted
from core.steps.photos import is_assisted


def holds(when: str | None, facts: Facts, rules: Rules) -> bool:
    """Whether the condition is met; no condition always is. KeyError for an unknown name."""
    conditions = {"assisted": is_assisted, "insisted": insisted}
    return when is None or conditions[when](facts, rules)
