"""Streamlit's own words in Chinese: those that neither Python nor CSS can reach, such as names for screen readers."""

from __future__ import annotations

from pages.parts.components.mounting import register

_mount = register("words")


def chinese_words() -> None:
    """Translate Streamlit's English names, tooltips and messages in the whole page, also those to come."""
    _mount(key="chinese_words")
