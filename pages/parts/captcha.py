"""The captcha of the sign-in: picture and sound, another one at a press, and the field for what they say."""

from __future__ import annotations

import base64

import streamlit as st

from core.ports import Desk
from core.usecases.sign_in_customer import CaptchaShown, new_captcha
from pages.parts import notice, state
from pages.parts.components.captcha_view import captcha_view
from pages.parts.language import _
from pages.parts.state import Key


def _url(data: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def _fresh(desk: Desk, firm_id: str) -> CaptchaShown:
    shown = new_captcha(desk, firm_id)
    state.put(Key.CAPTCHA, shown)
    return shown


def captcha_field(desk: Desk, firm_id: str, errors: dict[str, str]) -> None:
    """The captcha of this visit (`Key.CAPTCHA`) with its field `captcha_text`."""
    shown = state.get(Key.CAPTCHA) or _fresh(desk, firm_id)
    if captcha_view("captcha_view", picture=_url(shown.png, "image/png"), audio=_url(shown.wav, "audio/wav")):
        _fresh(desk, firm_id)
        st.rerun()
    st.text_input(_("图形验证码"), key="captcha_text", placeholder=_("请输入图中数字"), max_chars=8)
    if "captcha" in errors:
        notice.field_error(errors["captcha"])
