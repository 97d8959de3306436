"""Suitability: score of the questionnaire, product match, notices (R003, R108-R122, domain.md 4.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.rules.problem import Problem
from core.sentence import Sentence

Answers = Mapping[str, Collection[str]]
"""Question key -> the chosen option keys (exactly one for a single choice)."""

Moment = Literal["entry", "next"]
"""When a notice is shown on the exchange page: on entering it, or at 下一步."""


@dataclass(frozen=True, slots=True)
class Rating:
    """Result of a complete questionnaire. `lowest` (最低类别) is a C1 who may take nothing above R1.

    `version` names the questionnaire whose scores were used; `answers` are kept as they were given, sorted.
    """

    level: str
    lowest: bool
    score: int
    version: int
    answers: tuple[tuple[str, tuple[str, ...]], ...]


def answer_problems(questionnaire: Mapping[str, Any], answers: Answers) -> dict[str, Problem]:
    """What is missing or impossible, by question key; empty when the questionnaire can be scored."""
    found = {question["key"]: _problem_of(question, answers) for question in questionnaire["questions"]}
    return {key: problem for key, problem in found.items() if problem is not None}


def rate(questionnaire: Mapping[str, Any], answers: Answers, *, version: int) -> Rating:
    """Level C1-C5 and 最低类别 from answers without problems (domain.md 4.4).

    Raises ValueError when `answer_problems` would still report something, or when no band holds the score.
    """
    if answer_problems(questionnaire, answers):
        raise ValueError("the questionnaire is not completely answered")
    score = sum(_score_of(question, answers) for question in questionnaire["questions"])
    lowest = any(_is_lowest(question, answers) for question in questionnaire["questions"])
    level = "C1" if lowest else _level_of(questionnaire["bands"], score)
    return Rating(level, lowest, score, version, _kept(questionnaire, answers))


def contradictions(questionnaire: Mapping[str, Any], answers: Answers, age: int | None = None) -> list[str]:
    """Staff hints about answers that do not fit each other or the age on the card (reject reason S01)."""
    hints = [
        str(pair["hint"])
        for pair in questionnaire["contradictions"]
        if _chose(answers, pair["first"]) and _chose(answers, pair["second"])
    ]
    if age is not None and not _age_fits(questionnaire["age_question"], answers, age):
        hints.append("问卷中的年龄段与证件不一致")
    return hints


def matching_risks(level: str, lowest: bool, investor_class: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    """Product risks R1-R5 that match; `table` is the body of kind `match_table`."""
    if investor_class == "professional":
        return tuple(table["professional_match"])
    return tuple(table["lowest_match"] if lowest else table["match"][level])


def refusal(lowest: bool, investor_class: str, risks: Iterable[str], table: Mapping[str, Any]) -> Problem | None:
    """最低类别 may not be given anything above R1, however much the customer insists (domain.md 4.4).

    `risks` are those of the chosen exchanges; before a choice, those of all exchanges on offer.
    """
    if investor_class == "professional" or not lowest:
        return None
    if all(risk in table["lowest_match"] for risk in risks):
        return None
    return Problem(
        "lowest_refused",
        "根据评估结果，您属于风险承受能力最低类别，我们不能为您开立期货交易编码。如有疑问，请拨打客服热线。",
    )


def notices_for(
    level: str,
    lowest: bool,
    investor_class: str,
    groups: Collection[str],
    table: Mapping[str, Any],
    moment: Moment,
) -> tuple[str, ...]:
    """Keys of the notices to show, in order, at this moment of the exchange page (R109-R115).

    `groups` are the groups of the newly chosen exchanges (ignored on entry). 最低类别 gets `lowest_refused`.
    """
    if investor_class == "professional":
        return ()
    if lowest:
        return ("lowest_refused",)
    rules = _notice_rules(level, groups, table, moment)
    return tuple(key for rule in rules for key in rule["keys"])


def must_insist(
    level: str, lowest: bool, investor_class: str, groups: Collection[str], table: Mapping[str, Any]
) -> tuple[str, ...]:
    """Notice keys the customer must have answered with 坚持 before these groups can be opened.

    Not empty means `insisted`: the risk warning is then part of the agreements (R121).
    """
    if investor_class == "professional" or lowest:
        return ()
    rules = _notice_rules(level, groups, table, "entry") + _notice_rules(level, groups, table, "next")
    return tuple(key for rule in rules if rule["insist"] for key in rule["keys"])


def level_name(level: str, lowest: bool, table: Mapping[str, Any]) -> str:
    """How a rating is written for people: `C3 稳健型`, `C1 保守型（最低类别）`."""
    name = next(str(row["name"]) for row in table["levels"] if row["code"] == level)
    words = Sentence("{level} {name}", level=level, name=name)
    return Sentence("{words}（{lowest}）", words=words, lowest=table["lowest_name"]) if lowest else words


def _problem_of(question: Mapping[str, Any], answers: Answers) -> Problem | None:
    chosen = set(answers.get(question["key"], ()))
    known = {option["key"] for option in question["options"]}
    exclusive = {option["key"] for option in question["options"] if option.get("exclusive")}
    if not chosen:
        return Problem("answer_missing", "请回答这一题。")
    if not chosen <= known:
        return Problem("answer_unknown", "选项已更新，请重新选择。")
    if question["choice"] == "single" and len(chosen) > 1:
        return Problem("answer_single", "这一题只能选一项。")
    if chosen & exclusive and len(chosen) > 1:
        return Problem("answer_exclusive", "选了“以上都没有”或“没有”，就不能再选其他项。")
    return None


def _score_of(question: Mapping[str, Any], answers: Answers) -> int:
    chosen = set(answers[question["key"]])
    scores = [int(option["score"]) for option in question["options"] if option["key"] in chosen]
    total = sum(scores) if question["scoring"] == "sum" else max(scores)
    return min(total, int(question["cap"]))


def _is_lowest(question: Mapping[str, Any], answers: Answers) -> bool:
    chosen = set(answers[question["key"]])
    return any(option.get("lowest") and option["key"] in chosen for option in question["options"])


def _level_of(bands: Iterable[Mapping[str, Any]], score: int) -> str:
    for band in bands:
        if int(band["from"]) <= score <= int(band["to"]):
            return str(band["level"])
    raise ValueError(f"no band holds the score {score}")


def _kept(questionnaire: Mapping[str, Any], answers: Answers) -> tuple[tuple[str, tuple[str, ...]], ...]:
    keys = [str(question["key"]) for question in questionnaire["questions"]]
    return tuple((key, tuple(sorted(set(answers[key])))) for key in keys)


def _chose(answers: Answers, side: Mapping[str, Any]) -> bool:
    return bool(set(answers.get(side["question"], ())) & set(side["options"]))


def _age_fits(age_question: Mapping[str, Any], answers: Answers, age: int) -> bool:
    chosen = answers.get(age_question["question"], ())
    bands = [age_question["bands"][key] for key in chosen if key in age_question["bands"]]
    return not bands or any(low <= age <= high for low, high in bands)


def _notice_rules(
    level: str, groups: Collection[str], table: Mapping[str, Any], moment: Moment
) -> list[Mapping[str, Any]]:
    return [
        rule
        for rule in table["notices"]
        if rule["moment"] == moment
        and level in rule["levels"]
        and (rule["groups"] is None or set(rule["groups"]) & set(groups))
    ]
