"""What was read from a picture against what the customer handed in: the same value however it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.flow import Evidence, Facts
from core.records_marks import Result
from core.records_photos import PhotoReading
from core.rules.id_card import LONG_TERM, IdNumber, check_id_number
from core.steps.bank import cards

FIELDS: Mapping[str, Mapping[str, str]] = {
    "id_front": {"name": "姓名", "sex": "性别", "ethnicity": "民族", "birth": "出生", "address": "住址",
                 "id_number": "公民身份号码"},
    "id_back": {"authority": "签发机关", "valid_from": "有效期起", "valid_to": "有效期止"},
    "bank_card": {"card_number": "卡号", "bank": "银行"},
    "portrait": {"name": "姓名", "id_number": "公民身份号码"},
    "score_report": {"name": "姓名", "id_number": "证件号码", "score": "成绩", "tested_on": "考试日期"},
}  # fmt: skip
"""Slot -> what may be read from it, with its title."""
SEXES = {"male": "男", "female": "女"}
DATES = ("birth", "valid_from", "valid_to", "tested_on")
_GAPS = re.compile(r"[\s·•・-]+")
_BANK_WORDS = re.compile(r"^中国(?!银行)|股份有限公司$|\s")
"""What cards leave out of a bank's name."""
_NO_DIGITS = re.compile(r"\D+")
Difference = Literal["same", "different", "only_read", "only_typed", "neither"]


@dataclass(frozen=True)
class Compared:
    """One field: what was read, what was handed in, and whether they say the same. `holds` as in `ReadField`."""

    field: str
    title: str
    read: str
    typed: str
    holds: bool
    score: float | None

    @property
    def difference(self) -> Difference:
        """How the two sides stand to each other."""
        if not self.read or not self.typed:
            return "only_read" if self.read else "only_typed" if self.typed else "neither"
        return "same" if plain(self.field, self.read) == plain(self.field, self.typed) else "different"


def plain(field: str, value: str) -> str:
    """A value without what may differ in writing: width, spaces, dots in a name, signs of a date, how 长期 is kept."""
    text = unicodedata.normalize("NFKC", value).strip().upper()
    if field in DATES:
        digits = _NO_DIGITS.sub("", text)
        return "长期" if text == "长期" or digits == f"{LONG_TERM:%Y%m%d}" else digits
    if field == "address":
        return "".join(text.split())
    return _BANK_WORDS.sub("", text) if field == "bank" else _GAPS.sub("", text)


def typed_values(item: Evidence, facts: Facts) -> dict[str, str]:
    """What the customer handed in for the fields of a picture; a bank card's number belongs to its own photo."""
    if item.slot == "bank_card":
        own = next((card for card in cards(facts.values("bank")) if card["photo"] == item.id), {})
        return {"card_number": str(own.get("number") or ""), "bank": str(own.get("bank_name") or "")}
    profile = facts.values("profile")
    person = check_id_number(str(profile.get("id_number") or ""))
    known = person if isinstance(person, IdNumber) else None
    return {
        "name": str(profile.get("name") or ""),
        "sex": SEXES[known.sex] if known else "",
        "birth": known.birth_date.isoformat() if known else "",
        "address": str(profile.get("id_address") or ""),
        "id_number": str(profile.get("id_number") or ""),
        "valid_from": str(profile.get("valid_from") or ""),
        "valid_to": str(profile.get("valid_to") or ""),
    }


def compare(item: Evidence, reading: PhotoReading | None, facts: Facts) -> list[Compared]:
    """Every field of a picture, read and handed in; empty for pictures without fields."""
    typed = typed_values(item, facts) if item.slot in FIELDS else {}
    rows = []
    for field, title in FIELDS.get(item.slot, {}).items():
        found = reading.fields.get(field) if reading else None
        rows.append(Compared(field, title, found.value if found else "", typed.get(field, ""),
                             bool(found and found.holds), found.score if found else None))  # fmt: skip
    return rows


def result_of(row: Compared) -> Result | None:
    """What an approval says about a field that was read; None where nothing was handed in to compare with."""
    if not row.typed:
        return None
    if not row.read:
        return "missing"
    same = row.difference == "same"
    if row.holds:
        return "right" if same else "wrong"
    return "held_back" if same else "caught"
