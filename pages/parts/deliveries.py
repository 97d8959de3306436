"""投递记录: the last notifications to other systems, their answers, and sending again."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.published_events import EVENT_TITLES
from core.records_interfaces import Delivery
from core.usecases.webhooks import SHOWN, STATES, Log, delivery_log, drop_delivery, resend_delivery
from pages.parts import acting, clock_words, notice
from pages.parts.language import _

ANY = "any"


def show_deliveries(desk: Desk, actor: Actor) -> None:
    """The newest first, with a filter by state."""
    chosen = st.segmented_control(
        _("状态"), [ANY, *STATES], default=ANY, key="delivery_state",
        format_func=lambda state: _("全部") if state == ANY else _(STATES[state]),
    )  # fmt: skip
    log = delivery_log(desk, actor, "" if chosen in (ANY, None) else str(chosen))
    for delivery in log.deliveries:
        _one(desk, actor, log, delivery)
    if not log.deliveries:
        notice.empty_state(_("没有投递记录。"))
    if len(log.deliveries) == SHOWN:
        st.caption(_("只显示最近的 {shown} 条。").format(shown=SHOWN))


def _one(desk: Desk, actor: Actor, log: Log, each: Delivery) -> None:
    event = each.event
    kind = _(EVENT_TITLES.get(event.kind, event.kind))
    with st.container(key=f"card-delivery-{each.id}"):
        st.markdown(
            _("**{sequence} {kind}**　受理单 {number}　{title}　{state}").format(
                sequence=event.seq,
                kind=kind,
                number=event.number,
                title=notice.plain(log.title(each.webhook_id)),
                state=_(STATES[each.state]),
            )
        )
        st.caption(_("发生于 {at}　尝试 {attempts} 次").format(at=clock_words.exact(event.at), attempts=each.attempts))
        if each.answer or each.status:
            st.caption(
                notice.plain(_("对方应答：{status} {answer}").format(status=each.status or _("无"), answer=each.answer))
            )
        if each.state == "waiting":
            st.caption(_("下次尝试 {next_at}").format(next_at=clock_words.exact(each.next_at)))
        if each.state in ("waiting", "failed") and _used(log, each.webhook_id):
            st.button(_("立即重发"), key=f"resend_{each.id}", on_click=_resend, args=(desk, actor, each.id))
        if each.state == "waiting":
            st.button(_("不再发送"), key=f"drop_{each.id}", on_click=_drop, args=(desk, actor, each.id))


def _used(log: Log, webhook_id: str) -> bool:
    return any(hook.id == webhook_id and hook.active for hook in log.hooks)


def _resend(desk: Desk, actor: Actor, delivery_id: str) -> None:
    acting.attempt(lambda: resend_delivery(desk, actor, delivery_id), _("已安排重发。"))


def _drop(desk: Desk, actor: Actor, delivery_id: str) -> None:
    acting.attempt(lambda: drop_delivery(desk, actor, delivery_id), _("这条通知不再发送。"))
