"""交易所选择: what may be opened, which notices must be insisted on, when score reports are due (R108-R121)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.errors import WrongState
from core.flow import Answers, Checked, Facts, Phase, Rules, Step, fingerprint
from core.rules import exchanges as rule
from core.rules import suitability
from core.rules.access import Choice
from core.rules.calendar import local_day
from core.sentence import Sentence, listed
from core.steps import access
from core.steps.access import Standing
from core.steps.suitability import ended_words, rating_ended


def investor_class(facts: Facts) -> str:
    """ordinary or professional (R108)."""
    return str(facts.case.clear.get("investor_class") or "ordinary")


def opened(facts: Facts) -> tuple[str, ...]:
    """Exchanges that the customer already has."""
    return tuple(facts.case.clear.get("opened") or ())


def rating(facts: Facts) -> tuple[str, bool]:
    """(level, 最低类别) of the suitability step."""
    values = facts.values("suitability")
    return str(values.get("level", "C1")), bool(values.get("lowest", False))


def notice_print(facts: Facts, groups: Iterable[str]) -> str:
    """What an insisted notice attests: the level and the groups it was about."""
    return fingerprint("notice", rating(facts), investor_class(facts), sorted(groups))


def groups_for(key: str, chosen: Iterable[str], rules: Rules) -> tuple[str, ...]:
    """The groups a notice is about; notices on entry are about the level alone."""
    if key.startswith("low_level_") and key != "low_level_high_risk":
        return ()
    high = {"financial", "energy"}
    return tuple(sorted(rule.groups_of(chosen, rules["exchanges"]) & high))


def pending_notices(facts: Facts, rules: Rules, moment: str, chosen: Iterable[str] = ()) -> list[str]:
    """Notices to be shown now that were not yet answered for this level and choice."""
    level, lowest = rating(facts)
    groups = rule.groups_of(chosen, rules["exchanges"])
    table = rules["match_table"]
    keys = suitability.notices_for(level, lowest, investor_class(facts), groups, table, moment)  # type: ignore[arg-type]
    return [
        key
        for key in keys
        if not facts.proof("notice", key, notice_print(facts, groups_for(key, chosen, rules)), "exchanges")
    ]


def insisted(facts: Facts, rules: Rules) -> bool:
    """Whether the customer chose above the own level, so that the risk warning must be signed (R121)."""
    level, lowest = rating(facts)
    groups = rule.groups_of(facts.values("exchanges").get("chosen") or (), rules["exchanges"])
    return bool(suitability.must_insist(level, lowest, investor_class(facts), groups, rules["match_table"]))


def choice(facts: Facts, chosen: Iterable[str]) -> Choice:
    """A choice with what is on file about who chooses."""
    return Choice(frozenset(chosen), opened(facts), investor_class(facts))


def standings(
    facts: Facts, rules: Rules, chosen: Iterable[str], claims: Mapping[str, str], now: datetime
) -> tuple[Standing, ...]:
    """The conditions of access of a choice with what speaks for each."""
    return access.standings(facts, rules, choice(facts, chosen), claims, local_day(now))


def access_of(facts: Facts, rules: Rules, now: datetime) -> tuple[Standing, ...]:
    """The conditions of access of the saved choice, for whoever decides on them."""
    saved = facts.values("exchanges")
    return standings(facts, rules, saved.get("chosen") or (), saved.get("claims") or {}, now)


def access_problem(facts: Facts, rules: Rules, now: datetime) -> str:
    """Why the saved choice cannot be approved, undecided or unmet conditions in a sentence for staff; empty if none."""
    found = access_of(facts, rules, now)
    undecided = listed(each.requirement.title for each in found if not each.decided)
    unmet = listed(each.requirement.title for each in found if each.decided == "not_met")
    if unmet:
        return Sentence("准入条件未达到：{unmet}。请驳回，原因选 S04；知识水平未达到时选 S03。", unmet=unmet)
    return Sentence("准入条件还没有决定：{undecided}。请逐项决定后再通过。", undecided=undecided) if undecided else ""


def require_decided(facts: Facts, rules: Rules, now: datetime) -> None:
    """Raise `WrongState` unless staff found every condition of the saved choice to be met or exempt."""
    problem = access_problem(facts, rules, now)
    if problem:
        raise WrongState(problem)


def needs_reports(facts: Facts, chosen: Iterable[str], rules: Rules) -> bool:
    """Whether 成绩报告单 are due (R118); professional investors are exempt."""
    return access.reports_due(choice(facts, chosen), rules["exchanges"])


def check(answers: Answers, facts: Facts, rules: Rules, now: datetime) -> Checked:
    """A choice that may be opened, with its notices answered and the proof of its conditions brought (R118)."""
    table, chosen = rules["exchanges"], sorted(set(answers.get("chosen") or ()))
    found = standings(facts, rules, chosen, answers.get("claims") or {}, now)
    claims = {each.requirement.key: each.claim.key for each in found if each.claim}
    values: dict[str, Any] = {"chosen": chosen} | ({"claims": claims} if claims else {})
    ended = rating_ended(facts, rules, now)
    if ended:
        return Checked({"refused": ended_words(ended)}, values)
    problems = rule.choice_problems(chosen, opened(facts), table, local_day(now))
    if problems:
        return Checked({"chosen": problems[0].text}, values)
    _level, lowest = rating(facts)
    risks = rule.risks_of(chosen, table)
    refused = suitability.refusal(lowest, investor_class(facts), risks, rules["match_table"])
    if refused:
        return Checked({"refused": refused.text}, values)
    waiting = pending_notices(facts, rules, "entry") + pending_notices(facts, rules, "next", chosen)
    if waiting:
        return Checked({"notice": waiting[0]}, values)
    problem = access.problem(found, facts, choice(facts, chosen), rules)
    return Checked(dict([problem]) if problem else {}, values)


STEP = Step("exchanges", "交易所选择", Phase.DATA, check, hint="选择要开立交易编码的交易所。")
