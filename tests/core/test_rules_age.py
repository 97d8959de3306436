"""Age rules (R022, domain.md 4.12)."""

from __future__ import annotations

import pytest

from core.defaults import load_kind
from core.rules.age import judge_age

AGE_RULES = load_kind("age_rules")


@pytest.mark.parametrize(
    ("age", "blocked", "warn", "extra"),
    [(17, True, False, False), (18, False, False, False), (65, False, True, False), (70, False, True, True)],
)
def test_age_rules(age, blocked, warn, extra):
    decision = judge_age(age, AGE_RULES)
    assert (decision.blocked, decision.warn, decision.extra_review) == (blocked, warn, extra)
    assert bool(decision.texts) == (blocked or warn or extra)
