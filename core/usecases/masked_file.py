"""客户档案 in words, masked: the same rows for staff (客户) and for the customer (个人信息)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from core.flow import Rules
from core.records import CustomerFile
from core.rules.masks import mask_address, mask_card, mask_id, mask_name, mask_phone
from core.rules.suitability import level_name
from core.steps.bank import cards
from core.steps.profile_fields import Field, shown_fields
from core.usecases.case_changes import in_words

Rows = list[tuple[str, str]]


def _ends(text: str) -> str:
    """The first character only; for values that have no usual mask."""
    return text[:1] + "***" if text else ""


MASKS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "name": ("name", mask_name),
    "id_number": ("id_number", mask_id),
    "id_address": ("address", mask_address),
    "phone": ("phone", mask_phone),
    "landline": ("phone", mask_phone),
    "contact_address": ("address", mask_address),
    "postcode": ("address", _ends),
    "email": ("address", _ends),
    "employer": ("address", _ends),
    "tax_family_name": ("name", _ends),
    "tax_given_name": ("name", _ends),
    "tax_birth_place": ("address", _ends),
    "tax_home_address": ("address", _ends),
    "tax_number": ("id_number", _ends),
    "beneficiary_name": ("name", mask_name),
}
"""Field -> the value whose reveal shows it, and its mask; the others are codes from lists and stand as they are."""


def profile_rows(file: CustomerFile, rules: Rules, revealed: Collection[str] = ()) -> dict[str, Rows]:
    """Section -> (title, text) of 个人基本资料; what is in `revealed` stands in full."""
    found: dict[str, Rows] = {}
    for field in shown_fields(file.profile):
        text = in_words(field, file.profile.get(field.key), rules)
        if text:
            found.setdefault(field.section, []).append((field.title, _shown(field, text, revealed)))
    return found


def _shown(field: Field, text: str, revealed: Collection[str]) -> str:
    value, mask = MASKS.get(field.key, ("", str))
    return text if value in revealed else mask(text)


def card_rows(file: CustomerFile, revealed: Collection[str] = ()) -> Rows:
    """(bank, number) of each settlement card."""
    mask = str if "cards" in revealed else mask_card
    return [(str(card["bank_name"]), mask(str(card["number"]))) for card in cards(file.bank)]


def rating_words(values: Mapping[str, Any], rules: Rules) -> str:
    """The rating on file in words, empty without one."""
    return level_name(str(values["level"]), bool(values["lowest"]), rules["match_table"]) if values else ""
