"""适当性评估: the firm's questionnaire, scored to C1-C5 with 最低类别."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from core.case import WITH_CUSTOMER
from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.rules.calendar import local_day
from core.rules.suitability import answer_problems, rate


def rating_expires(suitability: Mapping[str, Any], rules: Rules) -> date | None:
    """The last day on which a rating on file counts; None where the firm sets no term or the case made the rating."""
    months = rules["business_rules"]["assessment"]["valid_months"]
    rated_at = suitability.get("rated_at")
    if not months or not rated_at:
        return None
    rated = local_day(datetime.fromisoformat(str(rated_at)))
    count = rated.month - 1 + int(months)
    first = date(rated.year + count // 12, count % 12 + 1, 1)
    return min(first + timedelta(days=rated.day - 1), _month_end(first))


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def rating_ended(facts: Facts, rules: Rules, now: datetime) -> date | None:
    """The last day of a rating that ran out while the customer was at work; None while it counts (R100).

    What was handed in in time is judged by the day it was handed in.
    """
    ends, handed_in = rating_expires(facts.values("suitability"), rules), facts.case.submitted_at
    day = local_day(now) if facts.case.state in WITH_CUSTOMER or handed_in is None else local_day(handed_in)
    return ends if ends and ends < day else None


def ended_words(ends: date) -> str:
    """What the customer is told then."""
    return f"您的适当性评估已于 {ends} 到期。请结束这次办理，先重新做适当性评估，再来增开交易编码。"


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
