"""个人信息: what the firm holds, a copy, correction, consent to face and video, deletion, a lost phone."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.rules.masks import mask_phone
from core.usecases.copy_own_data import may_open_copy, prove_copy, request_copy_code
from core.usecases.deletion_plan import OUTCOMES
from core.usecases.masked_file import card_rows, profile_rows, rating_words
from core.usecases.own_data import (
    ASKED,
    KINDS,
    MOST_TEXT,
    OwnData,
    answer_days,
    ask_about_data,
    own_data,
    withdraw_consent,
)
from pages.parts import acting, clock_words, notice, state, visitor, wiring
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _, dialog
from pages.parts.state import Key

COPY_URL = "/my-data/copy.zip"
WITHDRAW = "withdraw_consent"
KEPT_BY_LAW = _(
    "已办完业务的协议、录像和照片，法律要求保存不少于 20 年（期货和衍生品法第一百一十七条），不能提前删除；"
    "没有办完的资料和法律不要求保存的信息，可以申请删除。"
)
guest = visitor.read()
if guest.customer is None or guest.actor is None:
    st.switch_page("customer/sign_in.py")
desk, actor = wiring.desk(), guest.actor


def _held(found: OwnData) -> None:
    st.subheader(_("我们保存的信息"))
    sections = profile_rows(found.file, found.rules)
    rating = rating_words(found.file.suitability, found.rules)
    if rating:
        sections[_("适当性")] = [(_("评估结果"), rating)]
    for title, rows in sections.items():
        fact_table(title, [(label, cell(text)) for label, text in rows])
    fact_table(_("结算账户"), [(bank, cell(number)) for bank, number in card_rows(found.file)], _("卡号"))
    if not sections:
        notice.empty_state(_("除登录手机号外，我们还没有保存您的其他信息。"))
    pictures = _("照片 {count} 张、受理单 {count_2} 笔。").format(
        count=len(found.file.photos), count_2=len(found.person.cases)
    )
    st.caption(_("为保护您的信息，这里只显示一部分。另有{pictures}完整内容请获取副本。").format(pictures=pictures))
    if found.person.customer is None and any(case.customer_id for case in found.person.cases):
        st.caption(_("您已开户。退出后用身份证号登录，可以看到全部登记信息。"))


def _copy(found: OwnData) -> None:
    st.subheader(_("获取副本"))
    st.markdown(_("副本是一个压缩文件，包含全部信息（网页和 JSON 两种格式）和您上传的照片。下载前需要短信验证码。"))
    if may_open_copy(found, actor):
        st.link_button(_("下载副本"), COPY_URL, type="primary", icon=":material/download:")
        st.caption(_("10 分钟内有效。文件里有完整的证件号码和卡号，请在自己的设备上保存。"))
        return
    st.button(_("获取验证码"), key="copy_send", on_click=_send)
    acting.field_error("copy_send")
    if state.get(Key.COPY_CODE):
        with st.form("copy_form", border=False):
            sent = _("验证码已发送到 {mask_phone}").format(mask_phone=mask_phone(found.phone))
            st.text_input(_("短信验证码"), key="copy_code", max_chars=6, placeholder=_("请输入 6 位验证码"), help=sent)
            acting.field_error("copy_code")
            st.form_submit_button(_("确认"), key="copy_prove", type="primary", on_click=_prove)


def _send() -> None:
    try:
        state.put(Key.COPY_CODE, request_copy_code(desk, actor, st.context.ip_address or ""))
        state.drop(Key.ERRORS)
    except DeskError as error:
        acting.fail({"copy_send": error.text})


def _prove() -> None:
    code = str(st.session_state.get("copy_code") or "")
    code_id = str(state.get(Key.COPY_CODE) or "")
    if acting.attempt_form(lambda: prove_copy(desk, actor, code_id, code), _("验证通过，可以下载。")):
        state.drop(Key.COPY_CODE)


def _correct() -> None:
    st.subheader(_("更正和更换手机"))
    st.markdown(_("联系方式、地址、职业等：在“我的基本资料”中修改。姓名或证件号码：请携带身份证到营业部办理。"))
    if st.button(_("去修改"), key="correct", on_click=state.put, args=(Key.WANTED, "profile")):
        st.switch_page("customer/case.py")
    st.markdown(
        _(
            "更换手机号，旧号码还能接收短信时：在“我的基本资料”中选择联系电话。"
            "手机丢失时请先联系运营商停机；旧号码已停用或丢失的，请本人携带身份证到营业部办理。"
        )
    )


def _consent(found: OwnData) -> None:
    st.subheader(_("人脸与视频信息"))
    if found.withdrawn:
        st.markdown(_("您已于 {exact} 撤回同意。").format(exact=clock_words.exact(found.withdrawn)))
        st.caption(_("需要视频验证的业务：在“上传照片”重新勾选同意，或到营业部办理。"))
        return
    st.markdown(_("视频验证时，经您同意，我们处理您的人脸与视频信息。您可以随时撤回同意。"))
    st.button(_("撤回同意"), key="withdraw", on_click=acting.ask, args=(WITHDRAW,))
    if acting.asking() == WITHDRAW:
        _confirm_withdrawal()


@dialog("撤回人脸与视频信息的同意", on_dismiss=lambda: acting.ask(None))
def _confirm_withdrawal() -> None:
    st.markdown(
        _(
            "撤回后不能在线进行视频验证，需要视频验证的业务请到营业部办理，正在办理的业务会退回“上传照片”，排队会取消。"
            "以后可以重新同意。"
        )
    )
    st.markdown(KEPT_BY_LAW)
    acting.dialog_buttons(_("撤回同意"), _withdraw)


def _withdraw() -> None:
    acting.ask(None)
    acting.attempt(lambda: withdraw_consent(desk, actor), _("已撤回同意。"))


def _requests(found: OwnData) -> None:
    days = answer_days(found.rules)
    st.subheader(_("申请删除、投诉或意见"))
    st.markdown(_("{kept_by_law}我们会在 {days} 天内答复，并短信通知您。").format(kept_by_law=KEPT_BY_LAW, days=days))
    with st.form("request_form", border=False):
        st.radio(_("类型"), list(ASKED), format_func=lambda kind: _(ASKED[kind]), key="request_kind", index=None)
        acting.field_error("kind")
        st.text_area(
            _("内容"), key="request_text", max_chars=MOST_TEXT, placeholder=_("请写明要删除的信息，或您的意见")
        )
        acting.field_error("text")
        st.form_submit_button(_("提交"), key="request_send", on_click=_ask)
    for each in found.requests:
        if each.due_at:
            answer = str(each.body.get("answer") or "")
            said = (
                _("答复：{answer}").format(answer=answer)
                if answer
                else _("处理中，{promise} 前答复").format(promise=clock_words.promise(each.due_at))
            )
            with st.container(key=f"card-{each.id[:8]}"):
                st.markdown(f"**{KINDS[each.kind]}**　{clock_words.exact(each.created_at)}")
                st.markdown(notice.plain(str(each.body.get("text") or "")))
                st.markdown(notice.plain(said))
                for line in each.body.get("plan") or ():
                    result = line["words"] or OUTCOMES[line["outcome"]]
                    st.markdown(notice.plain(_("{line}：{result}").format(line=_(line["title"]), result=result)))


def _ask() -> None:
    values = st.session_state
    kind, text = str(values.get("request_kind") or ""), str(values.get("request_text") or "")
    if acting.attempt_form(lambda: ask_about_data(desk, actor, kind, text), _("已提交，请留意短信通知。")):
        values["request_text"] = ""


st.title(_("个人信息"))
acting.show_refusal()
try:
    mine = own_data(desk, actor)
    _held(mine)
    _copy(mine)
    _correct()
    _consent(mine)
    _requests(mine)
except DeskError as error:
    notice.refusal(error.text)
