"""All businesses by key, in the order of the hall."""

from __future__ import annotations

from collections.abc import Mapping

from core.businesses import (
    add_code,
    assessment,
    open_account,
    password_reset,
    profile,
    settlement,
    supplement,
)
from core.flow import Business

BUSINESSES: Mapping[str, Business] = {
    each.BUSINESS.key: each.BUSINESS
    for each in (open_account, add_code, assessment, profile, settlement, password_reset, supplement)
}
BY_FIRM = frozenset(key for key, each in BUSINESSES.items() if each.by_firm)
"""What the firm begins (补签协议): it waits for the customer without end, and is never given up."""


def business(key: str) -> Business:
    """The business; KeyError for a key that no case can have."""
    return BUSINESSES[key]
