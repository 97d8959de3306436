"""Settlement card: number, bank and kind from the firm's table (R080-R085, ISO/IEC 7812)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.rules.problem import Problem
from core.rules.text import digits_only
from core.sentence import Sentence

CardKind = Literal["debit", "credit", "unknown"]
UNKNOWN_NAME = "未识别"


@dataclass(frozen=True, slots=True)
class CardBank:
    """What the number tells: bank code (None when no prefix fits), its Chinese name, the kind of card."""

    code: str | None
    name: str
    kind: CardKind


UNKNOWN_BANK = CardBank(None, UNKNOWN_NAME, "unknown")


def luhn_ok(number: str) -> bool:
    """Whether a string of digits ends in the right check digit (ISO/IEC 7812-1 annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def check_card_number(text: str) -> str | Problem:
    """The 16 to 19 digits of a card number, or why it cannot be one."""
    number = digits_only(text)
    if not number:
        return Problem("card_missing", "请输入银行卡号。")
    if not (number.isascii() and number.isdigit() and 16 <= len(number) <= 19):
        return Problem("card_shape", "银行卡号应为 16 到 19 位数字。请对照卡面重新输入。")
    if not luhn_ok(number):
        return Problem("card_check", "银行卡号的校验位不正确，可能输错了一位。请对照卡面重新输入。")
    return number


def find_bank(number: str, table: Mapping[str, Any], *, allow_demo: bool = False) -> CardBank:
    """Bank and kind by the longest fitting prefix of an enabled bank, else `UNKNOWN_BANK`.

    `table` is the body of kind `banks`; `allow_demo` (demo mode only) includes 样张银行.
    """
    fits = [
        (len(prefix), CardBank(bank["code"], bank["name"], kind))
        for bank in offered_banks(table, allow_demo=allow_demo)
        for kind, prefix in _prefixes(bank)
        if number.startswith(prefix)
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else UNKNOWN_BANK


def card_problem(
    number: str, chosen_bank: str, table: Mapping[str, Any], *, allow_demo: bool = False
) -> Problem | None:
    """Why a checked number cannot be the settlement card at the chosen bank code (R083: debit only)."""
    found = find_bank(number, table, allow_demo=allow_demo)
    if found.kind == "credit":
        return Problem("card_credit", "这是一张信用卡。结算账户需要本人名下的借记卡，请换一张卡。")
    if chosen_bank not in {bank["code"] for bank in offered_banks(table, allow_demo=allow_demo)}:
        return Problem("bank_not_offered", "暂时不支持这家银行作为结算银行。请从列表中选择其他银行。")
    if found.code is not None and found.code != chosen_bank:
        return Problem(
            "bank_differs", Sentence("卡号属于{name}，与您选择的银行不一致。请核对卡号和银行。", name=found.name)
        )
    return None


def offered_banks(table: Mapping[str, Any], *, allow_demo: bool = False) -> list[Mapping[str, Any]]:
    """The banks a customer may choose, in the firm's order."""
    return [bank for bank in table["banks"] if bank["enabled"] and (allow_demo or not bank["demo"])]


def _prefixes(bank: Mapping[str, Any]) -> list[tuple[CardKind, str]]:
    debit: list[tuple[CardKind, str]] = [("debit", prefix) for prefix in bank["debit"]]
    credit: list[tuple[CardKind, str]] = [("credit", prefix) for prefix in bank["credit"]]
    return debit + credit
