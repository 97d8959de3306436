"""Which agreements a case needs, and the values printed in each. A changed value needs a new reading and signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.flow import Facts, Rules, fingerprint
from core.rules.agreement_conditions import Situation, applies
from core.rules.calendar import local_day
from core.rules.exchanges import names_of
from core.rules.id_card import IdNumber, check_id_number
from core.rules.masks import mask_card
from core.rules.suitability import level_name
from core.steps import exchanges
from core.steps.bank import cards

DATED = ("日期",)
"""Values that belong to the moment of signing, not to what the document says."""


@dataclass(frozen=True)
class Agreement:
    """One document as this customer gets it; `fingerprint` covers text, version and every printed value."""

    code: str
    title: str
    version: str
    text: str
    values: Mapping[str, str]
    signed: bool
    min_read_seconds: int
    fingerprint: str


def _label(rules: Rules, name: str, code: Any) -> str:
    for item in rules["codes"]["lists"][name]["items"]:
        if item["code"] == code:
            return str(item["label"])
    return ""


def printed_values(facts: Facts, rules: Rules, now: datetime) -> dict[str, str]:
    """The variables of agreements.json with this case's values."""
    profile, chosen = facts.values("profile"), facts.values("exchanges").get("chosen") or exchanges.opened(facts)
    card = (cards(facts.values("bank")) or [{}])[0]
    level, lowest = exchanges.rating(facts)
    day = local_day(now)
    return {
        "客户姓名": str(profile.get("name", "")),
        "证件号码": str(profile.get("id_number", "")),
        "受理单号": facts.case.number,
        "期货公司": str(rules["firm"]["name"]),
        "营业部": str(rules["branches"].get(facts.case.branch_id, "")),
        "日期": f"{day.year}年{day.month}月{day.day}日",
        "风险等级": level_name(level, lowest, rules["match_table"]) if facts.values("suitability") else "",
        "拟开交易所": names_of(chosen, rules["exchanges"]),
        "结算银行": str(card.get("bank_name", "")) + (f"（{card['branch']}）" if card.get("branch") else ""),
        "结算账号尾号": mask_card(str(card["number"]))[-4:] if card.get("number") else "",
        "资金账号": str(facts.values("on_file").get("account") or "审核通过后分配"),
        "税收居民身份": _label(rules, "tax_residency", profile.get("tax_residency")),
        "手机号": str(profile.get("phone", "")),
        "联系地址": "".join(str(profile.get(key) or "") for key in ("province", "city", "contact_address")),
    }


def situation_of(facts: Facts, rules: Rules, now: datetime) -> Situation:
    """What the conditions of agreements may ask of this case; the age counts on the day in Shanghai."""
    named = facts.values("supplement").get("codes")  # the firm asks for exactly these (补签协议)
    person = check_id_number(str(facts.values("profile").get("id_number") or ""))
    chosen = facts.values("exchanges").get("chosen") or exchanges.opened(facts)
    return Situation(
        business=facts.case.business,
        part=str(facts.values("part").get("part") or "other"),
        investor_class=exchanges.investor_class(facts),
        level=exchanges.rating(facts)[0] if facts.values("suitability") else "",
        insisted=exchanges.insisted(facts, rules),
        exchanges=frozenset(chosen),
        banks=frozenset(str(card.get("bank")) for card in cards(facts.values("bank"))),
        age=person.age_on(local_day(now)) if isinstance(person, IdNumber) else None,
        named=None if named is None else frozenset(named),
    )


def agreements_for(place: str, facts: Facts, rules: Rules, now: datetime) -> list[Agreement]:
    """The documents of one place (sign_in, photos, agreements) for this case, in order; the risk statement first."""
    key = ("agreements", place, id(rules), local_day(now))
    if key not in facts.memo:
        facts.memo[key] = rules, _agreements(place, facts, rules, now)
    return list(facts.memo[key][1])


def _agreements(place: str, facts: Facts, rules: Rules, now: datetime) -> list[Agreement]:
    values, situation = printed_values(facts, rules, now), situation_of(facts, rules, now)
    rows = sorted(rules["agreements"]["agreements"], key=lambda row: row["order"])
    return [_agreement(row, values) for row in rows if row["place"] == place and applies(row, situation)]


@lru_cache(maxsize=512)
def _about(text: str) -> tuple[str, frozenset[str]]:
    """Fingerprint of a text and the variables in it; texts are few and long, so each is looked through once."""
    return fingerprint("text", text), frozenset(re.findall(r"\{\{(.+?)\}\}", text))


def _agreement(row: Mapping[str, Any], values: Mapping[str, str]) -> Agreement:
    text_mark, names = _about(row["text"])
    used = {name: value for name, value in values.items() if name in names}
    said = {name: value for name, value in used.items() if name not in DATED}
    mark = fingerprint("agreement", row["code"], row["version"], text_mark, said)
    return Agreement(
        row["code"], row["title"], row["version"], row["text"], used, bool(row["signed"]), row["min_read_seconds"], mark
    )


def to_sign(facts: Facts, rules: Rules, now: datetime) -> list[Agreement]:
    """Everything the customer signs, the risk statement first (条例 art. 24: before the contract)."""
    found = agreements_for("agreements", facts, rules, now)
    if facts.values("photos"):  # who signs with a certificate found on the device signed the letter for it before
        found += agreements_for("photos", facts, rules, now)
    return [agreement for agreement in found if agreement.signed]
