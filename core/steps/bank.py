"""银行卡: one or more debit cards, each with its photo; a usage notice is confirmed (R080-R084)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.rules.bank_card import card_problem, check_card_number, find_bank, offered_banks
from core.rules.firm_choices import asks_bank_branch
from core.rules.problem import Problem
from core.rules.region import check_bank_branch

MOST_CARDS = 5


def check_card(
    number: str, bank: str, rules: Rules, *, demo: bool, branch: str = ""
) -> tuple[dict[str, str], dict[str, Any]]:
    """Errors by field (number, bank, branch) and the card to store; `bank` is the customer's choice or empty.

    `branch` is looked at where the firm asks for the office of the bank (R085).
    """
    office: str | Problem = check_bank_branch(branch) if asks_bank_branch(rules["business_rules"]) else ""
    if isinstance(office, Problem):
        return {"branch": office.text}, {}
    errors, card = _check_number(number, bank, rules, demo=demo)
    return errors, {**card, "branch": office} if card and office else card


def _check_number(number: str, bank: str, rules: Rules, *, demo: bool) -> tuple[dict[str, str], dict[str, Any]]:
    table = rules["banks"]
    normal = check_card_number(number)
    if isinstance(normal, Problem):
        return {"number": normal.text}, {}
    found = find_bank(normal, table, allow_demo=demo)
    chosen = bank or found.code or ""
    offered = {row["code"]: row["name"] for row in offered_banks(table, allow_demo=demo)}
    if chosen not in offered:
        return {"bank": "未识别出开户银行，请从列表中选择。"}, {}
    problem = card_problem(normal, chosen, table, allow_demo=demo)
    if problem:
        return {"number": problem.text}, {}
    return {}, {"number": normal, "bank": chosen, "bank_name": offered[chosen], "kind": found.kind}


def cards(values: Answers) -> list[Mapping[str, Any]]:
    """The stored cards."""
    return list(values.get("cards") or [])


def check(answers: Answers, facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    """At least one stored card whose photo is still there, and the usage notice confirmed.

    Cards come in by `core.usecases.bank_cards` only, which checks each number.
    """
    photos, stored = {item.id for item in facts.slot("bank_card")}, cards(facts.values("bank"))
    kept = [card for card in cards(answers) if card in stored and card.get("photo") in photos]
    if not kept:
        return Checked({"cards": "请添加一张本人的借记卡。"}, {"cards": kept})
    if answers.get("usage") is not True:
        return Checked({"usage": "请阅读使用提示并确认。"}, {"cards": kept})
    return Checked(values={"cards": kept, "usage": True})


STEP = Step("bank", "银行卡", Phase.DATA, check, hint="只支持本人名下的借记卡。")
