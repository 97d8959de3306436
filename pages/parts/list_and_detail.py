"""A list and, beside it, what was chosen from it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def list_and_detail() -> tuple[DeltaGenerator, DeltaGenerator]:
    """(list, chosen): a long list scrolls by itself, so that the chosen is seen; on a phone the chosen comes first."""
    left, right = st.columns([1, 2])
    return left.container(key="side_list"), right
