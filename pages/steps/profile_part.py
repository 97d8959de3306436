"""修改资料: the form of one part; a new mobile number is proven by its own code (R102-R104)."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.rules.masks import mask_phone
from core.steps.on_file import chosen_part, editable
from core.steps.profile_fields import shown_fields
from core.usecases.change_phone import PENDING, PROVEN, prove_phone, request_phone_code
from pages.parts import notice
from pages.parts.language import _
from pages.parts.step import StepView
from pages.steps.profile import draw_fields, held_values


def draw(view: StepView) -> None:
    """Only the fields of the part; everything else stays as it is on file."""
    part = chosen_part(view.loaded.facts)
    mine = editable(part)
    held = held_values(view)
    if part == "contact":
        _new_phone(view)
    if part == "identity":
        profile = view.loaded.facts.values("profile")
        st.caption(_("姓名 {value}，证件号码不能在这里修改。").format(value=notice.plain(str(profile.get("name", "")))))
    draw_fields(view, [f for f in shown_fields(held.now) if f.key in mine and f.key != "phone"], held)
    view.show_error("phone")

    def save() -> None:
        given = {**held_values(view).now}
        if part == "contact":
            given["phone"] = _phone(view)
        view.save({key: given.get(key) for key in mine})

    view.actions(save)


def _phone(view: StepView) -> str:
    """The number that will be saved: the proven new one, else the one on file."""
    facts = view.loaded.facts
    return str(facts.values(PROVEN).get("phone") or facts.values("profile").get("phone") or "")


def _new_phone(view: StepView) -> None:
    facts = view.loaded.facts
    proven = facts.values(PROVEN).get("phone")
    words = _("新手机号已验证") if proven else _("现在的手机号")
    st.markdown(f":material/smartphone: {words}　**{mask_phone(_phone(view))}**")
    st.caption(_("更换手机号需要短信验证码；固定电话不需要。"))
    st.text_input(_("新手机号"), key=view.key("new_phone"), max_chars=20, placeholder=_("不更换可以不填"))
    view.show_error("new_phone")

    def send() -> None:
        number = str(st.session_state.get(view.key("new_phone")) or "")
        try:
            errors = request_phone_code(view.desk, view.actor, view.case_id, number, st.context.ip_address or "")
            view.fail({"new_phone": errors["phone"]} if errors else {})
        except DeskError as error:
            view.fail({"new_phone": error.text})

    def prove() -> None:
        try:
            code = str(st.session_state.get(view.key("phone_code")) or "")
            view.fail(prove_phone(view.desk, view.actor, view.case_id, code))
        except DeskError as error:
            view.fail({"phone_code": error.text})

    st.button(_("获取验证码"), key="send_phone_code", on_click=send)
    if facts.values(PENDING) and facts.values(PENDING).get("phone") != proven:
        with st.form("phone_code_form", border=False):
            st.text_input(_("短信验证码"), key=view.key("phone_code"), max_chars=6, placeholder=_("请输入 6 位验证码"))
            view.show_error("phone_code")
            st.form_submit_button(_("验证新手机号"), on_click=prove)
