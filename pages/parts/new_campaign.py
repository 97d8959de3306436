"""The form of a new 补签协议 campaign: what, whom, until when, why; a preview before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.supplement import MOST_CONSEQUENCE, MOST_DAYS, MOST_REASON, REMINDERS, Demand, Only, Reach, account_numbers
from core.usecases.supplements import (
    Choices,
    Preview,
    choices,
    demand_problems,
    preview_supplements,
    start_supplements,
)
from pages.parts import acting, notice, state
from pages.parts.language import _, dialog, spoken

PREVIEW = "preview_campaign"
REACHES: Mapping[Reach, str] = {
    Reach.OUTDATED: "签过旧版本的客户",
    Reach.ALL: "全部已开户客户",
    Reach.EXCHANGE: "按交易所",
    Reach.CLASS: "按投资者类别",
    Reach.ACCOUNTS: "按资金账号",
}
USUAL_DAYS = 30


def new_campaign(desk: Desk, actor: Actor, on_done: Callable[[], None]) -> None:
    """Draw the form; `on_done` runs in a callback after the campaign was started."""
    found = choices(desk, actor)
    st.subheader(_("新的补签任务"))
    asked = str(st.query_params.get("code", ""))
    if asked in found.agreements and "campaign_codes" not in st.session_state:
        st.session_state["campaign_codes"] = [asked]
    st.multiselect(_("需要补签的协议"), list(found.agreements), format_func=found.agreements.get, key="campaign_codes",
                   placeholder=_("可以选择多份"))  # fmt: skip
    acting.field_error("codes")
    reach = st.radio(_("客户范围"), list(REACHES), format_func=spoken(REACHES), key="campaign_reach", horizontal=True)
    _value(found, reach)
    _narrow(found)
    first = found.today + timedelta(days=1)
    st.date_input(
        _("截止日期"), found.today + timedelta(days=USUAL_DAYS), first, found.today + timedelta(days=MOST_DAYS),
        key="campaign_due", format="YYYY-MM-DD",
    )  # fmt: skip
    acting.field_error("due_on")
    st.text_input(_("原因"), key="campaign_reason", max_chars=MOST_REASON, placeholder=_("例如：监管规则更新"))
    acting.field_error("reason")
    st.text_input(_("逾期后果（可不填）"), key="campaign_consequence", max_chars=MOST_CONSEQUENCE,
                  placeholder=_("例如：将暂停开通新的交易编码"))  # fmt: skip
    acting.field_error("consequence")
    st.selectbox(_("自动短信提醒"), list(REMINDERS), format_func=REMINDERS.get, index=2, key="campaign_remind_days")
    st.caption(_("短信写作：因〔原因〕，请您在〔截止日期〕（含）前用身份证号登录，补签协议。"))
    with st.container(horizontal=True):
        st.button(_("预览"), key="campaign_preview", type="primary", on_click=_ask, args=(desk, actor))
        st.button(_("返回"), key="campaign_back", on_click=on_done)
    if acting.asking() == PREVIEW:
        _preview(desk, actor, on_done)


def _value(found: Choices, reach: Reach) -> None:
    """What the chosen way of choosing customers needs besides."""
    if reach is Reach.EXCHANGE:
        st.selectbox(_("交易所"), list(found.exchanges), format_func=spoken(found.exchanges), key="campaign_exchange",
                     index=None, placeholder=_("请选择"))  # fmt: skip
        acting.field_error("value")
    elif reach is Reach.CLASS:
        st.radio(
            _("投资者类别"),
            list(found.classes),
            format_func=spoken(found.classes),
            key="campaign_class",
            horizontal=True,
        )
    elif reach is Reach.ACCOUNTS:
        st.text_area(_("资金账号"), key="campaign_accounts", placeholder=_("每行一个，也可以用逗号隔开"))
        acting.field_error("accounts")
    elif reach is Reach.OUTDATED:
        st.caption(_("最后一次签署的版本不是现行版本的客户。从未签过的客户不在其中。"))


def _narrow(found: Choices) -> None:
    """Further conditions, all of which must hold."""
    codes = st.session_state.get("campaign_codes") or ()
    versions = sorted({version for code in codes for version in found.versions.get(code, ())})
    with st.expander(_("进一步筛选（同时满足）")):
        _select(_("营业部"), found.branches, "campaign_only_branch")
        _select(_("已开通的交易所"), found.exchanges, "campaign_only_exchange")
        _select(_("投资者类别"), found.classes, "campaign_only_class")
        _select(_("风险承受能力等级"), found.levels, "campaign_only_level")
        _select(_("最后签署的版本"), {version: version for version in versions}, "campaign_only_version")


def _select(label: str, titles: Mapping[str, str], key: str) -> None:
    st.selectbox(label, list(titles), format_func=titles.get, key=key, index=None, placeholder=_("不限"))


def _only() -> Only:
    keys = ("branch", "exchange", "class", "level", "version")
    return Only(*(str(st.session_state.get(f"campaign_only_{key}") or "") for key in keys))


def _demand() -> Demand:
    """What the widgets say now."""
    values = st.session_state
    reach = Reach(values["campaign_reach"])
    value = {Reach.EXCHANGE: "campaign_exchange", Reach.CLASS: "campaign_class"}.get(reach)
    due = values.get("campaign_due")
    return Demand(
        tuple(values.get("campaign_codes") or ()),
        reach,
        due if isinstance(due, date) else date.min,
        str(values.get("campaign_reason") or "").strip(),
        str(values.get(value) or "") if value else "",
        account_numbers(str(values.get("campaign_accounts") or "")) if reach is Reach.ACCOUNTS else (),
        _only(),
        str(values.get("campaign_consequence") or "").strip(),
        int(values.get("campaign_remind_days") or 0),
    )


def _ask(desk: Desk, actor: Actor) -> None:
    acting.ask(None)
    errors: dict[str, str] = {}
    if acting.attempt(lambda: errors.update(demand_problems(desk, actor, _demand()))):
        acting.fail(errors) if errors else acting.ask(PREVIEW)


@dialog("预览", on_dismiss=lambda: acting.ask(None))
def _preview(desk: Desk, actor: Actor, on_done: Callable[[], None]) -> None:
    demand = _demand()
    found = preview_supplements(desk, actor, demand)
    for line in _said(found):
        st.markdown(notice.plain(line))
    acting.show_refusal()
    if found.customers:
        acting.dialog_buttons(
            _("发起并短信通知 {customers} 位客户").format(customers=found.customers),
            _start,
            desk,
            actor,
            demand,
            on_done,
        )
    else:
        st.button(_("返回"), key="dialog_no", on_click=acting.ask, args=(None,))
        if not acting.asking():
            st.rerun()


def _said(found: Preview) -> list[str]:
    lines = [
        _("将请 {customers} 位客户补签。").format(customers=found.customers)
        if found.customers
        else _("没有需要补签的客户。")
    ]
    if found.busy:
        lines.append(_("其中 {busy} 位有业务正在办理，办完后才会看到补签。").format(busy=found.busy))
    if found.asked:
        lines.append(_("另有 {asked} 位已在补签同样的协议，不重复发起。").format(asked=found.asked))
    if found.unknown:
        lines.append(
            _("没有找到 {count} 个资金账号：{unknown}。").format(
                count=len(found.unknown), unknown=_("、").join(found.unknown[:10])
            )
        )
    return lines


def _start(desk: Desk, actor: Actor, demand: Demand, on_done: Callable[[], None]) -> None:
    counts: list[int] = []
    if acting.attempt(lambda: counts.append(start_supplements(desk, actor, demand))):
        on_done()
        state.say(_("已发起，短信正在发给 {counts} 位客户。").format(counts=counts[0]))
