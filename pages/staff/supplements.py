"""补签协议: ask customers to sign agreements again, and see how far they are (R007)."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.supplement import REMINDERS, STANDING_TITLES, UNFINISHED, Standing
from core.usecases.supplements import (
    MOST,
    Listed,
    campaign_list,
    cancel_supplements,
    customers_of,
    remind_supplements,
)
from pages.parts import acting, clock_words, notice, state, visitor, wiring
from pages.parts.fact_table import cell, fact_table, unusual
from pages.parts.language import _, dialog
from pages.parts.list_and_detail import list_and_detail
from pages.parts.new_campaign import new_campaign

NEW, CANCEL, REMIND = "new", "cancel_campaign", "remind_campaign"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
chosen = str(st.query_params.get("campaign", ""))


def _choose(campaign_id: str | None) -> None:
    acting.ask(None)
    if campaign_id:
        st.query_params["campaign"] = campaign_id
    else:
        st.query_params.pop("campaign", None)


def _words(row: Listed) -> str:
    late = _("　:material/alarm: 逾期 {overdue}").format(overdue=row.overdue) if row.overdue else ""
    return _("已签署 {of} / {total}{late}").format(
        of=row.progress.of(Standing.SIGNED), total=row.progress.total, late=late
    )


def _list(rows: list[Listed]) -> None:
    st.button(_("新的补签任务"), key="campaign_new", icon=":material/add:", on_click=_choose, args=(NEW,))
    if not rows:
        notice.empty_state(_("还没有补签任务。协议更新后，可以在这里请客户补签。"))
    for row in rows:
        title = notice.plain(_("、").join(row.agreements))
        label = _("**{title}**  \n截止 {due_on}　{words}").format(
            title=title, due_on=row.campaign.due_on, words=_words(row)
        )
        kind = "primary" if row.campaign.id == chosen else "secondary"
        with st.container(key=f"entry-{row.campaign.id}"):
            st.button(
                label,
                key=f"campaign_{row.campaign.id}",
                type=kind,
                width="stretch",
                on_click=_choose,
                args=(row.campaign.id,),
            )


def _remind(campaign_id: str) -> None:
    said = _("短信正在发送，已签署的客户不会收到。")
    if acting.attempt(lambda: remind_supplements(desk, actor, campaign_id), said):
        acting.ask(None)


def _cancel(campaign_id: str) -> None:
    counts: list[int] = []
    if acting.attempt(lambda: counts.append(cancel_supplements(desk, actor, campaign_id))):
        acting.ask(None)
        state.say(_("已取消 {counts} 位客户的补签。").format(counts=counts[0]))


@dialog("短信提醒", on_dismiss=lambda: acting.ask(None))
def _ask_remind(row: Listed) -> None:
    count = row.progress.of(*UNFINISHED)
    st.markdown(_("给还没有签署的 {count} 位客户各发一条短信。每天最多提醒一次。").format(count=count))
    acting.show_refusal()
    acting.dialog_buttons(_("发送提醒"), _remind, row.campaign.id)


@dialog("取消补签", on_dismiss=lambda: acting.ask(None))
def _ask_cancel(row: Listed) -> None:
    count = row.progress.of(Standing.WAITING)
    st.markdown(
        _("取消还没有开始的 {count} 位客户的补签，他们登录后不再看到。已经开始的客户继续办理。").format(count=count)
    )
    acting.show_refusal()
    acting.dialog_buttons(_("取消补签"), _cancel, row.campaign.id)


def _campaign(row: Listed) -> None:
    campaign = row.campaign
    st.subheader(_("、").join(row.agreements))
    due = unusual(_("{due_on}（已过）").format(due_on=campaign.due_on)) if row.overdue else cell(campaign.due_on)
    facts = [
        (_("客户范围"), cell(row.audience)),
        (_("原因"), cell(campaign.reason)),
        (_("截止日期"), due),
        (_("逾期后果"), cell(campaign.consequence)),
        (_("自动提醒"), cell(REMINDERS.get(campaign.remind_days))),
        (_("发起"), cell(f"{row.by}　{clock_words.exact(campaign.created_at)}")),
        (_("最近短信"), cell(campaign.told_on)),
    ]
    fact_table(_("补签任务"), facts)
    columns = st.columns(4)
    figures = [(STANDING_TITLES[each], row.progress.of(each)) for each in (*UNFINISHED, Standing.SIGNED)]
    for column, (title, value) in zip(columns, [*figures, (_("逾期未签署"), row.overdue)], strict=True):
        column.metric(title, value, border=True)
    with st.container(horizontal=True):
        st.button(
            _("短信提醒"),
            key="campaign_remind",
            icon=":material/sms:",
            on_click=acting.ask,
            args=(REMIND,),
            disabled=not row.progress.of(*UNFINISHED),
        )
        st.button(
            _("取消未开始的"),
            key="campaign_cancel",
            on_click=acting.ask,
            args=(CANCEL,),
            disabled=not row.progress.of(Standing.WAITING),
        )
    if acting.asking() == REMIND:
        _ask_remind(row)
    elif acting.asking() == CANCEL:
        _ask_cancel(row)
    _customers(row)


def _customers(row: Listed) -> None:
    """Who stands where, masked."""
    there = [each for each in Standing if row.progress.of(each)]
    if not there:
        return
    labels = {each: f"{STANDING_TITLES[each]} {row.progress.of(each)}" for each in there}
    wanted = st.pills(_("客户"), there, default=there[0], format_func=labels.get, key=f"standing_{row.campaign.id}")
    rows = customers_of(desk, actor, row.campaign.id, wanted or there[0])
    lines = [_("| 客户 | 资金账号 | 受理单号 | 最近短信 |"), "|---|---|---|---|"]
    for each in rows:
        cells = (each.customer, each.account, each.request.case_number, each.request.told_on)
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
    st.markdown("\n".join(lines))
    if row.progress.of(wanted or there[0]) > MOST:
        st.caption(_("只列出 {most} 位。").format(most=MOST))


def _page() -> None:
    rows = campaign_list(desk, actor)
    left, right = list_and_detail()
    with left:
        _list(rows)
    with right:
        if not acting.asking():
            acting.show_refusal()
        found = next((row for row in rows if row.campaign.id == chosen), None)
        if chosen == NEW:
            new_campaign(desk, actor, lambda: _choose(None))
        elif found:
            _campaign(found)
        else:
            notice.empty_state(_("从列表选择一个补签任务，或新建一个。"))


st.title(_("补签协议"))
try:
    _page()
except DeskError as error:
    notice.refusal(error.text)
