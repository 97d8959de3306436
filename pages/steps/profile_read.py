"""核对基本资料: the data on file, to be looked through (R099, R100)."""

from __future__ import annotations

import streamlit as st

from core.rules.masks import mask_id, mask_phone
from core.steps.on_file import PARTS, SECTIONS, missing_titles
from core.steps.profile_fields import shown_fields
from core.usecases.case_changes import in_words
from pages.parts import notice
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _
from pages.parts.step import StepView

MASKED = {"id_number": mask_id, "phone": mask_phone}


def show_part(view: StepView, part: str) -> None:
    """The stored data of one part; ID and phone number masked, as everywhere outside the forms."""
    values, rules = view.loaded.facts.values("profile"), view.loaded.rules
    sections: dict[str, list[tuple[str, str]]] = {}
    for field in shown_fields(values):
        text = in_words(field, values.get(field.key), rules)
        text = MASKED[field.key](text) if field.key in MASKED and text else text
        if field.section in SECTIONS[part]:
            sections.setdefault(field.section, []).append((field.title, cell(text)))
    for title, rows in sections.items():
        fact_table(title, rows)


def draw(view: StepView) -> None:
    """The data, a tick, and what to do when they are wrong or incomplete."""
    for part in PARTS:
        show_part(view, part)
    if missing_titles(view.loaded.facts.values("profile")):
        view.show_error("profile")
    st.checkbox(_("以上资料正确无误"), value=view.values.get("confirmed") is True, key=view.key("confirmed"))
    view.show_error("confirmed")
    with st.expander(_("资料有变化怎么办")):
        st.markdown(notice.plain(_("请先完成或放弃本次业务，再在“我的基本资料”中修改，复核通过后再来增开交易编码。")))
    view.actions(lambda: view.save({"confirmed": bool(st.session_state.get(view.key("confirmed")))}))
