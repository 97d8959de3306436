"""All businesses by key, and those that are announced but not yet open."""

from __future__ import annotations

from collections.abc import Mapping

from core.businesses import open_account
from core.flow import Business

BUSINESSES: Mapping[str, Business] = {b.key: b for b in (open_account.BUSINESS,)}

COMING: Mapping[str, tuple[str, str]] = {
    "add_code": ("增开交易编码", "为已有账户增加交易所"),
    "assessment": ("适当性评估", "重新评估风险承受能力"),
    "profile": ("我的基本资料", "查看和修改个人资料"),
    "settlement": ("修改结算账户", "增加或删除结算银行卡"),
    "password_reset": ("密码重置", "重置交易和资金密码"),
    "supplement": ("补签协议", "由期货公司发起"),
}
"""key -> (title, summary) of what the hall shows as 即将开通."""


def business(key: str) -> Business:
    """The business; KeyError for a key that no case can have."""
    return BUSINESSES[key]
