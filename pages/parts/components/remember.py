"""Harmless choices that a browser keeps for a year, in cookies of its own: never who somebody is or what they said.

They are read when a page connects, so they outlive refreshing, signing in and signing out, and belong to the browser:
whoever needs large text needs it before signing in as well.
"""

from __future__ import annotations

import re
from typing import Literal

import streamlit as st

from pages.parts.components.mounting import register

_mount = register("remember")
_VALUE = re.compile(r"[0-9A-Za-z._-]{1,64}")

Choice = Literal["large", "door"]


def remember(**choices: str) -> None:
    """Have the browser keep each choice (1 to 64 letters, digits, dots and dashes); an empty one it forgets."""
    _mount(key="remember", data={"choices": choices})


def remembered(name: Choice) -> str:
    """What this browser kept when the page connected; empty when nothing, or nothing of ours."""
    kept = str(st.context.cookies.get(f"jianzheng-{name}", ""))
    return kept if _VALUE.fullmatch(kept) else ""
