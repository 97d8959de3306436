"""适当性评估: the firm's questionnaire, scored to C1-C5 with 最低类别."""

from __future__ import annotations

from datetime import datetime

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.rules.suitability import answer_problems, rate


def check(answers: Answers, _facts: Facts, rules: Rules, _now: datetime) -> Checked:
    """Every question answered; the rating is computed here and never taken from the browser."""
    given = {key: list(value) for key, value in (answers.get("answers") or {}).items()}
    questionnaire = rules["questionnaire"]
    problems = answer_problems(questionnaire, given)
    if problems:
        return Checked({key: problem.text for key, problem in problems.items()}, {"answers": given})
    rating = rate(questionnaire, given, version=rules.versions.get("questionnaire", 1))
    result = {"level": rating.level, "lowest": rating.lowest, "score": rating.score, "version": rating.version}
    return Checked(values={"answers": given, **result})


STEP = Step("suitability", "适当性评估", Phase.DATA, check, hint="约 4 分钟，请本人如实作答。")
