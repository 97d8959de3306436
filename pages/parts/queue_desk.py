"""Panels of the queue page: a branch now, what a supervisor may change, messages, who was overtaken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.queueing import BREAK_REASONS, CLAIM_REASONS, DEVIATION_REASONS, MESSAGE_LENGTH, MISSED_OFFERS, STATUS_TITLES
from core.rules.calendar import SHANGHAI
from core.usecases.desk_messages import end_message, send_message
from core.usecases.queue_overview import BranchQueue, Overtaken, Place, StaffNow
from core.usecases.supervise_queue import put_ahead, transfer_to_branch, transfer_to_staff
from pages.parts import acting, clock_words, notice, state
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _, dialog, spoken

REASONS: Mapping[str, str] = {**BREAK_REASONS, **DEVIATION_REASONS, **CLAIM_REASONS, MISSED_OFFERS: "连续两次未接听"}
_MOVE = "move"
_LASTS = {15: "15 分钟", 30: "30 分钟", 60: "1 小时", 240: "4 小时"}


def alerts(line: BranchQueue) -> None:
    """What needs somebody now."""
    words = {
        "help": _("受理单 {} 的见证人员请主管协助。"),
        "unattended": _("有 {} 位客户在排队，但没有人可以接听。"),
        "stuck": _("受理单 {} 独自等待较久而有人空闲，可能是客户网络不畅，请电话联系。"),
        "recording": _("受理单 {} 的通话录像异常，请到“录像查阅”或复核页面查看。"),
        "paused": _("{} 连续两次没有接听，已转为小休。"),
    }
    for alert in line.alerts:
        notice.refusal(words[alert.kind].format(alert.who))


def waiting_table(line: BranchQueue, now: datetime, *, may_change: bool) -> None:
    """Who waits, in order of service; each with a button for whoever may change the order."""
    if not line.waiting:
        st.caption(_("没有客户排队。"))
    for position, place in enumerate(line.waiting, 1):
        with st.container(key=f"place_{place.ticket_id}", horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{position}**　{notice.plain(_words(place, now))}")
            if may_change and place.state == "waiting":
                st.button(_("调整"), key=f"move_{place.ticket_id}", on_click=ask_move, args=(place.ticket_id,))


def _words(place: Place, now: datetime) -> str:
    marks = [place.business, _("已等待 {now}").format(now=clock_words.span(now - place.since))]
    if place.reserved:
        marks.append(
            _("预约 {clock}-{clock_2}").format(clock=_clock(place.reserved[0]), clock_2=_clock(place.reserved[1]))
        )
    if place.ahead:
        marks.append(_("主管提前"))
    if place.state == "offered":
        marks.append(_("正在呼叫 {witness}").format(witness=place.witness))
    return "　".join([place.customer, place.case_number, *marks])


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def running_table(places: Sequence[Place], now: datetime) -> None:
    """The calls that run."""
    rows = [(f"{p.customer}　{p.case_number}", cell(f"{clock_words.span(now - p.since)}　{p.witness}")) for p in places]
    fact_table(_("通话"), rows, _("已通话"))


def staff_table(staff: Sequence[StaffNow], now: datetime) -> None:
    """Witnesses of the branch by what they do, and since when."""
    order = list(STATUS_TITLES)
    rows = []
    for each in sorted(staff, key=lambda s: (order.index(s.status), s.name)):
        reason = (
            _("（{reasons}）").format(reasons=_(REASONS[each.reason]))
            if each.status == "break" and each.reason in REASONS
            else ""
        )
        since = f"　{clock_words.span(now - each.since)}" if each.since else ""
        rows.append((each.name, cell(f"{_(STATUS_TITLES[each.status])}{reason}{since}")))
    fact_table(_("见证人员"), rows, _("状态"))


def ask_move(ticket_id: str) -> None:
    """Open the dialog about this customer."""
    acting.ask(f"{_MOVE}|{ticket_id}")


def move_dialog(desk: Desk, actor: Actor, lines: Sequence[BranchQueue]) -> None:
    """The open dialog, when its customer still waits."""
    kind, _bar, ticket_id = acting.asking().partition("|")
    if kind != _MOVE:
        return
    found = next(((b, p) for b in lines for p in b.waiting if p.ticket_id == ticket_id), None)
    if found is None:
        acting.ask(None)
        return
    _move(desk, actor, lines, *found)


@dialog("调整排队", on_dismiss=lambda: acting.ask(None))
def _move(desk: Desk, actor: Actor, lines: Sequence[BranchQueue], here: BranchQueue, place: Place) -> None:
    ways = {"ahead": _("提到{name}最前").format(name=here.branch.name)}
    ways |= {
        f"branch|{b.branch.id}": _("转到{name}").format(name=b.branch.name)
        for b in lines
        if b.branch.id != here.branch.id
    }
    free = [s for b in lines for s in b.staff if s.status == "online"]
    ways |= {f"staff|{s.id}": _("交给 {name}（在线）").format(name=s.name) for s in free}
    st.markdown(
        notice.plain(
            _("{customer}　受理单 {case_number}").format(customer=place.customer, case_number=place.case_number)
        )
    )
    st.selectbox(_("怎样调整"), list(ways), format_func=ways.__getitem__, key="move_way")
    st.selectbox(
        _("原因（写入排队记录）"), list(DEVIATION_REASONS), format_func=spoken(DEVIATION_REASONS),
        key="move_reason", index=None, placeholder=_("请选择"),
    )  # fmt: skip
    acting.show_refusal()
    acting.dialog_buttons(_("确认"), _apply, desk, actor, place.ticket_id)


def _apply(desk: Desk, actor: Actor, ticket_id: str) -> None:
    kind, _bar, target = str(st.session_state["move_way"]).partition("|")
    reason = str(st.session_state["move_reason"] or "")

    def act() -> None:
        if kind == "ahead":
            put_ahead(desk, actor, ticket_id, reason)
        elif kind == "branch":
            transfer_to_branch(desk, actor, ticket_id, target, reason)
        else:
            transfer_to_staff(desk, actor, ticket_id, target, reason)

    if acting.attempt(act, _("已调整，并写入排队记录。")):
        acting.ask(None)


def messages(desk: Desk, actor: Actor, lines: Sequence[BranchQueue]) -> None:
    """Write to everybody who waits at a branch, and take messages back."""
    names = {
        line.branch.id: _("{name}（{count} 人排队）").format(name=line.branch.name, count=len(line.waiting))
        for line in lines
    }

    def send() -> None:
        values = st.session_state
        lasts, text = timedelta(minutes=values["message_lasts"]), str(values.get("message_text") or "")
        reached: list[int] = []
        if acting.attempt(lambda: reached.append(send_message(desk, actor, values["message_branch"], text, lasts))):
            values["message_text"] = ""
            until = _clock(desk.clock() + lasts)
            state.say(
                _("已发送，{reached} 位排队的客户会看到，显示到 {until}。").format(reached=reached[0], until=until)
            )

    with st.container(key="card-message"):
        st.markdown(_("**给排队客户的消息**"))
        st.selectbox(_("营业部"), list(names), format_func=names.__getitem__, key="message_branch")
        st.text_area(_("消息"), key="message_text", max_chars=MESSAGE_LENGTH, height=68)
        st.selectbox(_("显示多久"), list(_LASTS), format_func=spoken(_LASTS), index=1, key="message_lasts")
        st.button(_("发送"), key="message_send", on_click=send)
        for line in lines:
            for message in line.messages:
                with st.container(horizontal=True, vertical_alignment="center"):
                    text = _("{name}　{text}　显示到 {clock}").format(
                        name=line.branch.name, text=message.text, clock=_clock(message.until)
                    )
                    st.markdown(notice.plain(text))
                    end = f"message_end_{message.id}"
                    st.button(_("结束"), key=end, on_click=_end, args=(desk, actor, message.id))


def _end(desk: Desk, actor: Actor, message_id: str) -> None:
    acting.attempt(lambda: end_message(desk, actor, message_id), _("消息已结束。"))


def fairness_table(lines: Sequence[Overtaken], longest: timedelta | None) -> None:
    """Who was overtaken today, by whom and why."""
    if longest is None:
        st.caption(_("今天没有客户被后到的客户超过。"))
        return
    st.metric(_("被超过的客户中最长等待"), clock_words.span(longest), border=True)
    head = _("| 时间 | 被超过 | 当时已等 | 先接通 | 原因 | 决定人 |\n|---|---|---|---|---|---|")
    rows = [
        f"| {_clock(o.at)} | {cell(o.customer.customer)} {o.customer.case_number} | {clock_words.span(o.waited)} "
        f"| {cell(o.by.customer)} {o.by.case_number} | {cell(REASONS.get(o.reason, o.reason))} | {cell(o.decided_by)} |"
        for o in lines
    ]
    st.markdown("\n".join([head, *rows]))
