"""Normalising what people type or paste: full-width characters, spaces, dashes."""

from __future__ import annotations

import unicodedata

_SEPARATORS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc_.·")


def narrow(text: str) -> str:
    """The text in half-width characters, without any white space (pasted numbers carry both)."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def digits_only(text: str) -> str:
    """`narrow(text)` without dashes and dots between groups; letters stay, so that the check refuses them."""
    return "".join(char for char in narrow(text) if char not in _SEPARATORS)
