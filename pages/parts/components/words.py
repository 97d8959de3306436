"""Streamlit's own words in Chinese: those that neither Python nor CSS can reach, such as names for screen readers."""

from __future__ import annotations

from pages.parts.components.mounting import register
from pages.parts.language import in_english

_mount = register("words", spoken=False)


def chinese_words() -> None:
    """Translate Streamlit's English names, tooltips and messages in the whole page, also those to come.

    For whoever reads English they stay as Streamlit wrote them.
    """
    _mount(key="chinese_words", data={"language": "en" if in_english() else "zh"})
