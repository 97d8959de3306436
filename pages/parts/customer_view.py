"""One customer as staff see them: masked facts, businesses, reservations, certificates, messages, notes."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.actor import Actor
from core.businesses import BUSINESSES
from core.case import STATE_TITLES, WITH_CUSTOMER, Case
from core.ports import Desk
from core.rules.exchanges import names_of
from core.rules.masks import mask_id, mask_name, mask_phone
from core.rules.reservation import STATE_TITLES as RESERVATION_TITLES
from core.usecases.investor_class import CLASSES
from core.usecases.look_up_customer import MOST_NOTE, REVEALABLE, CustomerView, add_note, identity, reveal_value
from core.usecases.masked_file import card_rows, profile_rows, rating_words
from core.work_lists import AT_STAFF
from pages.parts import acting, clock_words, notice
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _

CERTIFICATE_STATES: Mapping[str, str] = {
    "begun": "申请中",
    "valid": "有效",
    "locked": "密码错误已锁定",
    "superseded": "已由新证书代替",
    "revoked": "已吊销",
}
SMS_STATES: Mapping[str, str] = {"waiting": "等待发送", "sent": "已发送", "failed": "未送出"}


def revealed_values(view: CustomerView) -> set[str]:
    """What of this person is to be shown in full now."""
    return {what for what in REVEALABLE if acting.revealed(view.person.ref, what, view.now)}


def reveal_buttons(desk: Desk, actor: Actor, view: CustomerView) -> None:
    """A button for each value that is masked; the press is on record."""
    hidden = [what for what in REVEALABLE if what not in revealed_values(view)]

    def show(what: str) -> None:
        if acting.attempt(lambda: reveal_value(desk, actor, view.person.ref, what)):
            acting.remember_reveal(view.person.ref, what, view.now)

    with st.container(horizontal=True):
        for what in hidden:
            label = _("显示{revealable}").format(revealable=_(REVEALABLE[what]))
            st.button(label, key=f"reveal_{what}", icon=":material/visibility:", on_click=show, args=(what,))
    st.caption(_("每次显示都会留下记录，10 分钟后自动隐藏。"))


def show_identity(view: CustomerView) -> None:
    """Who it is, the account and the class."""
    shown, known = revealed_values(view), view.person.customer
    name, id_number, phone = identity(view.person, view.file)
    rows = [
        (_("姓名"), cell(name if "name" in shown else mask_name(name))),
        (_("身份证号"), cell(id_number if "id_number" in shown else mask_id(id_number))),
        (_("手机号码"), cell(phone if "phone" in shown else mask_phone(phone))),
    ]
    if known:
        rows += [
            (_("资金账号"), cell(known.capital_account)),
            (_("身份证有效期至"), cell(known.id_valid_to)),
            (_("投资者类型"), cell(CLASSES[known.investor_class])),
            (_("风险承受能力等级"), cell(rating_words(view.file.suitability, view.rules) or known.level)),
            (_("已开通交易所"), cell(names_of(known.exchanges, view.rules["exchanges"]))),
        ]
    fact_table(_("客户") if known else _("尚未开户"), rows)


def show_file(view: CustomerView) -> None:
    """客户档案 by section."""
    shown = revealed_values(view)
    for title, rows in profile_rows(view.file, view.rules, shown).items():
        fact_table(title, [(label, cell(text)) for label, text in rows])
    fact_table(_("结算银行"), [(bank, cell(number)) for bank, number in card_rows(view.file, shown)], _("卡号"))


def _business(case: Case) -> str:
    business = BUSINESSES[case.business]
    said = [business.title, STATE_TITLES[case.state], clock_words.exact(case.updated_at)]
    if case.state in WITH_CUSTOMER:
        said += [
            _("停在：{title}").format(title=_(step.title)) for step in business.steps if step.key == case.current_step
        ]
    elif case.state in AT_STAFF and case.due_at:
        said.append(_("承诺 {promise} 前").format(promise=clock_words.promise(case.due_at)))
    if case.remark:
        said.append(_("已告知客户：{remark}").format(remark=case.remark))
    return " · ".join(said)


def show_businesses(view: CustomerView) -> None:
    """Every case with its state and times, where the customer stands or what is promised, and what was said."""
    fact_table(
        _("受理单号"),
        [(case.number, cell(_business(case))) for case in view.person.cases],
        _("业务 · 办理状态 · 最近更新"),
    )
    reservations = [
        (
            clock_words.exact(each.begins_at),
            cell(" · ".join(part for part in (RESERVATION_TITLES[each.state], each.reason) if part)),
        )
        for each in view.reservations
    ]
    fact_table(_("预约时段"), reservations, _("状态"))


def show_certificates(view: CustomerView) -> None:
    """State and dates; what a certificate is made of is nobody's business here."""
    rows = []
    for each in view.certificates:
        issued = clock_words.exact(each.issued_at) if each.issued_at else ""
        until = clock_words.exact(each.not_after) if each.not_after else ""
        rows.append(
            (
                issued,
                cell(
                    _("{state} · 有效期至 {until}").format(
                        state=CERTIFICATE_STATES.get(each.state, each.state), until=until
                    )
                ),
            )
        )
    fact_table(_("数字证书签发于"), rows, _("状态"))


def show_messages(view: CustomerView) -> None:
    """The last messages: what about, to which number (masked), and whether they left; never their text."""
    titles = {key: row["title"] for key, row in view.rules["sms_texts"]["texts"].items()}
    rows = []
    for each in view.messages:
        parts = (titles.get(each.template, ""), mask_phone(each.phone), SMS_STATES.get(each.state, each.state))
        rows.append((clock_words.exact(each.created_at), cell(" · ".join(part for part in parts if part))))
    fact_table(_("短信"), rows, _("内容 · 号码 · 状态"))


def show_notes(desk: Desk, actor: Actor, view: CustomerView) -> None:
    """Notes of staff, and a new one."""
    rows = [
        (
            clock_words.exact(n.created_at),
            cell(_("{created_by}：{text}").format(created_by=view.names.get(n.created_by, ""), text=n.text)),
        )
        for n in view.notes
    ]
    fact_table(_("内部备注"), rows)

    def save() -> None:
        text = str(st.session_state.get("customer_note") or "")
        if acting.attempt_form(lambda: add_note(desk, actor, view.person.ref, text), _("备注已保存。")):
            st.session_state["customer_note"] = ""

    with st.form("note_form", border=False):
        st.text_area(_("新备注"), key="customer_note", max_chars=MOST_NOTE, help=_("只有员工能看到，保存后不能修改。"))
        acting.field_error("note")
        st.form_submit_button(_("保存备注"), key="note_save", on_click=save)


def hit_label(name: str, id_number: str, phone: str, account: str) -> str:
    """A result of the search as one button."""
    what = _("资金账号 {account}").format(account=account) if account else _("尚未开户")
    who = f"**{notice.plain(name or _('未填姓名'))}**　{notice.plain(what)}"
    return f"{who}  \n{notice.plain(id_number)}　{notice.plain(phone)}"
