"""Under which address this installation is reached from outside."""

from __future__ import annotations

import streamlit as st

from pages.parts import wiring


def site(page: str) -> str:
    """The public address without a slash at its end: as set, else as this browser reached `page` (its url_path)."""
    here = str(st.context.url or "").rstrip("/").removesuffix(f"/{page}")
    return wiring.settings().public_url.rstrip("/") or here
