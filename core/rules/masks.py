"""Personal data as lists and notices may show it (R052, R206): enough to recognise, too little to use."""

from __future__ import annotations

import re

_DISTRICT = re.compile(
    r"^(?:[^省市区县]{2,8}(?:省|自治区|特别行政区))?[^省区县]{1,10}?(?:市|自治州|地区|盟)(?:[^市]{1,8}?[区县旗])?"
)


def mask_name(name: str) -> str:
    """张三 -> 张*, 王小明 -> 王**; at most three stars, so that a long name does not tell its length."""
    return name[:1] + "*" * min(max(len(name) - 1, 0), 3)


def mask_phone(number: str) -> str:
    """13812345678 -> 138****5678; anything shorter than 8 characters is starred throughout."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}****{number[-4:]}"


def mask_id(number: str) -> str:
    """18 characters -> the first 4 and the last 4; anything of another length is starred throughout."""
    if len(number) != 18:
        return "*" * len(number)
    return f"{number[:4]}{'*' * 10}{number[-4:]}"


def mask_card(number: str) -> str:
    """A bank card number -> **** and its last 4 digits."""
    return f"**** {number[-4:]}" if len(number) >= 8 else "****"


def mask_address(address: str) -> str:
    """An address -> its province, city and district, the rest as ****; unclear ones show 2 characters."""
    match = _DISTRICT.match(address)
    shown = match[0] if match else address[:2]
    return f"{shown}****" if address else ""
