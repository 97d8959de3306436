"""在线回访: the firm's questions; red flags go to the reviewer, they do not block (R167-R169)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.steps.conditions import holds


def questions(facts: Facts, rules: Rules) -> list[Mapping[str, Any]]:
    """The firm's questions that apply to this case."""
    return [q for q in rules["follow_up"]["questions"] if holds(q["when"], facts, rules)]


def flags_of(answers: Mapping[str, str], facts: Facts, rules: Rules) -> list[str]:
    """Keys of questions whose answer needs confirmation or is a red flag."""
    return [
        question["key"]
        for question in questions(facts, rules)
        for option in question["options"]
        if answers.get(question["key"]) == option["key"] and option["result"] != "normal"
    ]


def check(answers: Answers, facts: Facts, rules: Rules, _now: datetime) -> Checked:
    """Every question answered and the whole confirmed once more (R168)."""
    given = {str(k): str(v) for k, v in (answers.get("answers") or {}).items() if v}
    errors = {}
    for question in questions(facts, rules):
        if given.get(question["key"]) not in {option["key"] for option in question["options"]}:
            errors[question["key"]] = "请选择一项。"
    if not errors and answers.get("confirmed") is not True:
        errors["confirmed"] = "请确认回访答案。"
    return Checked(errors, {"answers": given, "confirmed": True, "flags": flags_of(given, facts, rules)})


STEP = Step("follow_up", "在线回访", Phase.FOLLOW_UP, check, hint="请按真实情况回答。")


def is_asked(facts: Facts, rules: Rules, _now: datetime) -> bool:
    """Whether the firm asks the questions in this business (C15)."""
    return bool(rules["business_rules"]["businesses"][facts.case.business]["follow_up"])


IF_ASKED = replace(STEP, applies=is_asked)
