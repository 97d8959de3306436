"""The look of every page: the one style sheet, and Streamlit's own words in the visitor's language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from pages.parts.components.script_texts import translated
from pages.parts.components.words import chinese_words
from pages.parts.language import catalogue

ICON = str(Path(__file__).with_name("icon.svg"))
"""The icon of the browser's tab."""
_CSS = Path(__file__).with_name("look.css").read_text(encoding="utf-8")
_LARGE = "--jz-base: 20px;"
_STAFF = "--jz-column: 100rem; --jz-tap: 2.25rem; --jz-button: .875rem; --jz-bar: static;"


@dataclass(frozen=True)
class _Sheet:
    """The style sheet in a form that st.html takes as it is; a plain text it would dedent on every run."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@cache
def _sheet(large_text: bool, staff: bool, english: bool) -> _Sheet:
    css = translated(_CSS, catalogue()) if english else _CSS
    variables = (_LARGE if large_text else "") + (_STAFF if staff else "")
    return _Sheet(f"<style>{css}{':root {' + variables + '}' if variables else ''}</style>")


def apply_look(large_text: bool = False, staff: bool = False) -> None:
    """Give the page its look; call it once per run, before anything else is drawn.

    `large_text` raises the base from 16 to 20 px. `staff` widens the column and makes targets denser; without
    it the page is a phone's, and a centred column on a wide screen.
    """
    st.html(_sheet(large_text, staff, bool(catalogue())))
    chinese_words()
