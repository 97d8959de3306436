"""登录: phone (or ID number for existing customers), captcha, SMS code, privacy policy, 马上开户."""

from __future__ import annotations

import streamlit as st

from core.businesses import BUSINESSES
from core.errors import DeskError
from core.rules.firm_choices import ID_FIRST, newcomers_sign_in
from core.rules.service_hours import ServiceHours
from core.usecases.loading import rules_for
from core.usecases.sign_in_customer import (
    BROKERAGE,
    CaptchaShown,
    look_at_number,
    request_code,
    sign_in_customer,
)
from pages.parts import notice, state, visitor, wiring
from pages.parts.around import footer
from pages.parts.captcha import captcha_field
from pages.parts.components.session_exchange import session_exchange
from pages.parts.language import _, dialog, spoken
from pages.parts.on_phone import phone_door
from pages.parts.papers_text import policy_dialog
from pages.parts.state import Key

PHONE, ID = "新客户：手机号登录", "已开户：身份证号登录"
guest = visitor.read()
desk, firm_id = wiring.desk(), guest.firm.id
with desk.read(firm_id) as work:
    rules = rules_for(work)
number_first = newcomers_sign_in(rules["business_rules"], "open_account") == ID_FIRST


def _look_at_number() -> None:
    shown: CaptchaShown | None = state.get(Key.CAPTCHA)
    values = st.session_state
    own_id, text = str(values.get("own_id") or ""), str(values.get("captcha_text") or "")
    looked = look_at_number(desk, firm_id, own_id=own_id, captcha_id=shown.id if shown else "", captcha=text)
    state.put(Key.ERRORS, looked.errors)
    state.put(Key.NUMBER_SEEN, looked.passed)
    state.drop(Key.CAPTCHA)
    st.session_state["captcha_text"] = ""


def _account_type(errors: dict[str, str]) -> None:
    """账户类型 (R049), where the firm's list has more than one."""
    titles = {item["code"]: item["label"] for item in rules["codes"]["lists"]["account_type"]["items"]}
    if len(titles) > 1:
        st.selectbox(_("账户类型"), list(titles), format_func=spoken(titles), key="account_type")
    if "account_type" in errors:
        notice.field_error(errors["account_type"])


def _number_page(errors: dict[str, str]) -> None:
    """The first of two pages, where the firm wants it: the ID number, then the phone (R060)."""
    st.text_input(_("身份证号"), key="own_id", placeholder=_("请输入本人身份证号"), max_chars=24)
    if "own_id" in errors:
        notice.field_error(errors["own_id"])
    captcha_field(desk, firm_id, errors)
    st.button(_("下一步"), key="number_next", type="primary", on_click=_look_at_number, width="stretch")


def _send_code() -> None:
    """Ask for a code; mistakes are kept for the fields."""
    shown: CaptchaShown | None = state.get(Key.CAPTCHA)
    values = st.session_state
    existing = values.get("how") == ID
    try:
        result = request_code(
            desk,
            firm_id,
            phone="" if existing else str(values.get("phone") or ""),
            id_number=str(values.get("id_number") or "") if existing else "",
            captcha_id=shown.id if shown else "",
            captcha=str(values.get("captcha_text") or ""),
            address=st.context.ip_address or "",
            account_type=str(values.get("account_type") or BROKERAGE),
            passed=str(state.get(Key.NUMBER_SEEN) or ""),
        )
        if "own_id" in result.errors:
            state.drop(Key.NUMBER_SEEN)
        state.put(Key.ERRORS, result.errors)
        if result.code_id:
            state.put(Key.CODE, result.code_id)
    except DeskError as error:
        state.put(Key.ERRORS, {"send": error.text})
    state.drop(Key.CAPTCHA)
    st.session_state["captcha_text"] = ""


def _sign_in() -> None:
    values = st.session_state
    if not values.get("agree"):
        state.put(Key.ERRORS, {"agree": _("请阅读并勾选《隐私政策》。")})
        return
    version = next(a["version"] for a in rules["agreements"]["agreements"] if a["code"] == "privacy")
    ticket = sign_in_customer(
        desk,
        firm_id,
        code_id=state.get(Key.CODE) or "",
        code=str(values.get("sms_code") or ""),
        policy=version,
        agreed=True,
    )
    if ticket:
        state.put(Key.TICKET, ticket)
        state.drop(Key.ERRORS)
    else:
        state.put(Key.ERRORS, {"sms_code": _("验证码不正确或已过期，请核对短信或重新获取。")})


@dialog("用手机开户")
def _on_phone() -> None:
    """The firm's door as a QR code, for whoever began at a computer without a camera (R013)."""
    phone_door(guest.firm, "sign_in")


if guest.customer:
    st.switch_page("customer/case.py")
if state.get(Key.TICKET):
    wish = str(state.get(Key.WANTED) or "")
    target = f"/case?business={wish}" if wish in BUSINESSES else "/case"
    st.info(_("正在登录…"))
    if session_exchange("exchange", ticket=state.get(Key.TICKET), kind="customer", target=target):
        state.drop(Key.TICKET)
        state.put(Key.ERRORS, {"send": _("登录没有成功，请重新获取验证码。")})
        st.rerun()
    st.stop()

errors: dict[str, str] = state.get(Key.ERRORS) or {}
st.title(_("登录"))
if st.query_params.get("business") in BUSINESSES:  # signed out to sign in with the ID number
    state.put(Key.WANTED, st.query_params.pop("business"))
st.caption(
    _("视频服务时间：{sentence}").format(sentence=_(ServiceHours.of(rules["service_hours"], "witness").sentence()))
)
wanted = BUSINESSES.get(str(state.get(Key.WANTED)))
usual = ID if wanted and not wanted.newcomers else PHONE
st.segmented_control(_("登录方式"), [PHONE, ID], default=usual, key="how", required=True, format_func=_)
if wanted:
    st.caption(_("登录后办理：{title}").format(title=_(wanted.title)))
_account_type(errors)
if st.session_state.get("how") == ID:
    st.text_input(_("身份证号"), key="id_number", placeholder=_("请输入身份证号"), max_chars=24)
    st.caption(_("验证码会发到开户时预留的手机。手机号有变化，请携带身份证到营业部办理变更。"))
    field = "id_number"
elif number_first and not state.get(Key.NUMBER_SEEN):
    _number_page(errors)
    footer(guest.firm)
    st.stop()
else:
    st.text_input(_("手机号码"), key="phone", placeholder=_("请输入本人手机号"), max_chars=20)
    field = "phone"
if field in errors:
    notice.field_error(errors[field])

captcha_field(desk, firm_id, errors)
st.button(_("获取验证码"), key="send_code", on_click=_send_code, width="stretch")
if "send" in errors:
    notice.refusal(errors["send"])
elif state.get(Key.CODE) and not errors:
    st.caption(_("如手机号或证件登记无误，验证码已发送，5 分钟内有效。没有收到时，60 秒后可以重新获取。"))

with st.form("sign_in", border=False):
    st.text_input(_("短信验证码"), key="sms_code", placeholder=_("请输入 6 位验证码"), max_chars=6)
    if "sms_code" in errors:
        notice.field_error(errors["sms_code"])
    st.checkbox(_("我已阅读并同意《隐私政策》"), key="agree")
    if "agree" in errors:
        notice.field_error(errors["agree"])
    st.form_submit_button(
        _("登录") if field == "id_number" else _("马上开户"),
        key="enter",
        type="primary",
        width="stretch",
        on_click=_sign_in,
    )
if st.button(_("用手机开户"), key="open_phone", type="tertiary", icon=":material/qr_code_2:"):
    _on_phone()
if st.button(_("查看《隐私政策》"), key="open_policy", type="tertiary"):
    policy_dialog(rules, "privacy")
footer(guest.firm)
