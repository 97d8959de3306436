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


def business(key: str) -> Business:
    """The business; KeyError for a key that no case can have."""
    return BUSINESSES[key]
