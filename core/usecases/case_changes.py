"""What a case of an existing customer changes against the file it began with; for the customer and the reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.flow import Rules
from core.rules.exchanges import names_of
from core.rules.masks import mask_card, mask_phone
from core.rules.suitability import level_name
from core.sentence import listed
from core.steps.bank import cards
from core.steps.profile_fields import FIELDS, Field
from core.usecases.loading import Loaded

EMPTY = "（无）"


@dataclass(frozen=True)
class Change:
    """One changed fact in words; `masked_before` and `masked_after` are for eyes that need not see all of it."""

    part: str
    title: str
    before: str
    after: str
    masked_before: str
    masked_after: str


def changes_of(loaded: Loaded) -> list[Change]:
    """Every difference, in the order of the form; nothing for a case that began without a file."""
    before = loaded.facts.values("on_file")
    if not before:
        return []
    return [*_profile(loaded, before), *_cards(loaded, before), *_answers(loaded, before), *_exchanges(loaded)]


def in_words(field: Field, value: Any, rules: Rules) -> str:
    """A stored value of 个人基本资料 as it is read; empty when there is none."""
    labels = {i["code"]: str(i["label"]) for i in rules["codes"]["lists"][field.codes]["items"]} if field.codes else {}
    if field.kind == "multi":
        return listed(labels.get(str(code), str(code)) for code in value or [])
    if field.kind == "tick":
        return "是" if value else "否"
    return labels.get(str(value), str(value or "")) if value else ""


def _profile(loaded: Loaded, before: Mapping[str, Any]) -> list[Change]:
    old, new, rules = before.get("profile") or {}, loaded.facts.values("profile"), loaded.rules
    if not new:
        return []
    found = []
    for field in FIELDS:
        was, is_now = in_words(field, old.get(field.key), rules), in_words(field, new.get(field.key), rules)
        if was != is_now and not (field.kind == "tick" and not old.get(field.key) and not new.get(field.key)):
            hide = mask_phone if field.key == "phone" else str
            found.append(_change("基本资料", field.title, was, is_now, hide(was) if was else "", hide(is_now)))
    return found


def _cards(loaded: Loaded, before: Mapping[str, Any]) -> list[Change]:
    if "bank" not in loaded.facts.answers:
        return []
    old = {str(card["number"]): card for card in cards(before.get("bank") or {})}
    new = {str(card["number"]): card for card in cards(loaded.facts.values("bank"))}
    found = []
    for number in [*old, *(each for each in new if each not in old)]:
        if (number in old) != (number in new):
            card = old.get(number) or new[number]
            full = f"{card['bank_name']} {number}"
            hidden = f"{card['bank_name']} {mask_card(number)}"
            title = "删除银行卡" if number in old else "新增银行卡"
            pair = (full, "", hidden, "") if number in old else ("", full, "", hidden)
            found.append(_change("结算账户", title, *pair))
    return found


def _answers(loaded: Loaded, before: Mapping[str, Any]) -> list[Change]:
    """The rating, and each answer of the questionnaire that differs from the last one (R003)."""
    new, old = loaded.facts.values("suitability"), before.get("suitability") or {}
    if not new or "rated_at" in new:
        return []
    table = loaded.rules["match_table"]
    words = [level_name(str(v["level"]), bool(v["lowest"]), table) if v else "" for v in (old, new)]
    found = [_change("适当性", "评估结果", *words)] if words[0] != words[1] else []
    for question in loaded.rules["questionnaire"]["questions"] if old else ():
        was, is_now = (_said(question, v.get("answers") or {}) for v in (old, new))
        if was != is_now:
            found.append(_change("适当性", question["text"], was, is_now))
    return found


def _said(question: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    given = answers.get(question["key"]) or ()
    return listed((str(option["text"]) for option in question["options"] if option["key"] in given), "；")


def _exchanges(loaded: Loaded) -> list[Change]:
    chosen = loaded.facts.values("exchanges").get("chosen") or ()
    if not chosen:
        return []
    table, opened = loaded.rules["exchanges"], loaded.case.clear.get("opened") or ()
    return [_change("交易编码", "增开", names_of(opened, table), names_of(chosen, table))]


def _change(
    part: str, title: str, before: str, after: str, hidden: str | None = None, shown: str | None = None
) -> Change:
    return Change(
        part, title, before or EMPTY, after or EMPTY,
        (before if hidden is None else hidden) or EMPTY, (after if shown is None else shown) or EMPTY,
    )  # fmt: skip
