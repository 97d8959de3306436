"""What a customer's age asks for: firm rules on top of the lower limit by law (R022, domain.md 4.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AgeDecision:
    """`blocked`: no account; `warn`: show `texts`; `extra_review`: a second reviewer looks at the case."""

    blocked: bool
    warn: bool
    extra_review: bool
    texts: tuple[str, ...]


def judge_age(age: int, rules: Mapping[str, Any]) -> AgeDecision:
    """The firm's age rules applied to full years; `rules` is the body of kind `age_rules`.

    An action is `block` (age below `min`), `warn` or `extra_review` (age from `from`).
    """
    hits = [rule for rule in rules["rules"] if _applies(rule, age)]
    actions = {rule["action"] for rule in hits}
    texts = tuple(str(rule["text"]) for rule in hits)
    return AgeDecision("block" in actions, "warn" in actions, "extra_review" in actions, texts)


def _applies(rule: Mapping[str, Any], age: int) -> bool:
    if "min" in rule:
        return age < int(rule["min"])
    return age >= int(rule["from"])
