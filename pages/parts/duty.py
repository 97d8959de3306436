"""The witness between two calls: duty switch, the customer who rings, wrap-up, how many wait."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from core.actor import Actor
from core.errors import DeskError
from core.ports import Desk
from core.queueing import BREAK_REASONS, DECLINE_REASONS, MISSED_OFFERS, STATUS_TITLES
from core.records import Ticket
from core.usecases.duty import Glance, Standing, change_duty
from core.usecases.offers import decline_offer
from core.usecases.queue_overview import Place
from core.usecases.serve_customer import accept_offer, claim_next
from pages.parts import acting, clock_words, notice, state
from pages.parts.language import _

ICONS = {
    "online": ":green[:material/radio_button_checked:]",
    "busy": ":material/call:",
    "break": ":orange[:material/coffee:]",
    "wrap_up": ":material/edit_note:",
    "offline": ":material/radio_button_unchecked:",
}


class DutyKey(StrEnum):
    """Keys of st.session_state that only the switch uses."""

    ASKING = "duty_asking"
    REFUSED = "duty_refused"


def _take_next(desk: Desk, actor: Actor, offer: Ticket | None) -> None:
    acting.ask(None)
    acting.attempt(lambda: accept_offer(desk, actor, offer.id, offer.fence) if offer else _take(desk, actor))


def _take(desk: Desk, actor: Actor) -> None:
    if claim_next(desk, actor) is None:
        state.say(_("现在没有客户排队。"))


def _ask(question: str | None) -> None:
    """Open or close the question of the switch; it stands beside other pages, whose own questions it leaves alone."""
    if question is None:
        st.session_state.pop(DutyKey.ASKING, None)
    else:
        st.session_state[DutyKey.ASKING] = question


def _change(desk: Desk, actor: Actor, status: str, reason: str = "", confirmed: bool = False) -> None:
    _ask(None)
    try:
        waiting = change_duty(desk, actor, status, reason, confirmed=confirmed)
    except DeskError as error:
        st.session_state[DutyKey.REFUSED] = error.text
        return
    if waiting:
        _ask(f"{status}|{reason}|{waiting}")


def duty_switch(desk: Desk, actor: Actor, now: Standing) -> None:
    """在线 / 小休 with its reason / 离线; leaving while people wait asks first. Refusals of the page stand below."""
    switch(desk, actor, now)
    acting.show_refusal()


def switch(desk: Desk, actor: Actor, now: Glance) -> None:
    """State and switch as they stand on any page of the desk."""
    since = f"　{clock_words.span(now.now - now.duty.began_at)}" if now.duty else ""
    reason = _(BREAK_REASONS.get(now.duty.reason, "")) if now.duty else ""
    with st.container(key="duty", horizontal=True, vertical_alignment="center"):
        st.markdown(f"{ICONS[now.status]} **{_(STATUS_TITLES[now.status])}**　{reason}{since}")
        if now.status != "busy":
            _buttons(desk, actor, now.status)
    refused = st.session_state.pop(DutyKey.REFUSED, "")
    if refused:
        notice.refusal(refused)
    _confirm(desk, actor)
    if now.duty and now.duty.reason == MISSED_OFFERS:
        notice.refusal(_("连续两次没有接听，已转为小休，客户已转给其他同事。准备好后请点“在线”。"))


def _buttons(desk: Desk, actor: Actor, status: str) -> None:
    if status != "online":
        label = _("结束整理") if status == "wrap_up" else _("在线")
        st.button(label, key="duty_online", on_click=_change, args=(desk, actor, "online"))
    # Under a new key the menu is closed again: after a choice, and when the state changed.
    with st.popover(_("小休"), icon=":material/coffee:", key=f"break_{status}_{_asked()}"):
        for code, title in BREAK_REASONS.items():
            act = (desk, actor, "break", code)
            st.button(_(title), key=f"duty_break_{code}", width="stretch", on_click=_change, args=act)
    if status != "offline":
        st.button(_("离线"), key="duty_offline", on_click=_change, args=(desk, actor, "offline"))


def _asked() -> str:
    return str(st.session_state.get(DutyKey.ASKING) or "")


def _confirm(desk: Desk, actor: Actor) -> None:
    if not _asked():
        return
    status, reason, waiting = _asked().split("|")
    with st.container(key="card-duty"):
        st.markdown(_("还有 **{waiting}** 位客户在排队，您离开后他们要等更久。").format(waiting=waiting))
        with st.container(horizontal=True):
            leave = _("仍要{status_titles}").format(status_titles=_(STATUS_TITLES[status]))
            st.button(leave, key="duty_confirm", on_click=_change, args=(desk, actor, status, reason, True))
            st.button(_("继续在线"), key="duty_stay", on_click=_ask, args=(None,))


def bell(now: Glance) -> str | None:
    """What the chime is to ring for: anew every four seconds until somebody answers."""
    if now.offer is None:
        return None
    return f"{now.offer.id}{now.offer.fence}-{seconds_left(now) // 4}"


def seconds_left(now: Glance) -> int:
    """How long it rings on."""
    until = now.offer.lease_until if now.offer else None
    return max(0, int((until - now.now).total_seconds())) if until else 0


def ring_card(desk: Desk, actor: Actor, now: Standing) -> None:
    """Who rings, for how long, and the ways to say yes and no."""
    offer, caller = now.offer, now.caller
    if offer is None or caller is None:
        return

    def decline(code: str) -> None:
        acting.attempt(lambda: decline_offer(desk, actor, offer.id, offer.fence, code), _("客户已转给其他同事。"))

    with st.container(key="card-ring"):
        st.markdown(
            _("### :material/ring_volume: {customer} 正在等您接听").format(
                customer=notice.plain(caller.customer or _("客户"))
            )
        )
        st.markdown(_about(caller, now))
        st.markdown(_("请在 **{seconds_left}** 秒内接听，否则转给其他同事。").format(seconds_left=seconds_left(now)))
        with st.container(horizontal=True):
            next_button(desk, actor, offer)
            with st.popover(_("拒接"), icon=":material/call_end:", key=f"decline_{offer.id}_{offer.fence}"):
                for code, title in DECLINE_REASONS.items():
                    st.button(_(title), key=f"decline_{code}", width="stretch", on_click=decline, args=(code,))


def next_button(desk: Desk, actor: Actor, offer: Ticket | None = None) -> None:
    """Take the customer who rings, or the next one."""
    label = _("接听") if offer else _("接下一位")
    st.button(label, key="next_customer", type="primary", on_click=_take_next, args=(desk, actor, offer))


def _about(caller: Place, now: Standing) -> str:
    waited = clock_words.span(now.now - caller.since)
    marks = [_("预约客户")] if caller.reserved else []
    marks += [_("主管提前")] if caller.ahead else []
    return notice.plain(
        "　".join(
            [
                caller.business,
                _("受理单 {case_number}").format(case_number=caller.case_number),
                _("已等待 {waited}").format(waited=waited),
                *marks,
            ]
        )
    )


def line_figures(now: Standing) -> None:
    """How many wait and how long the first one has; in wrap-up also the time that is left."""
    left, right = st.columns(2)
    left.metric(_("排队人数"), now.waiting, border=True)
    right.metric(_("最长等待"), clock_words.span(now.longest) if now.waiting else "—", border=True)
    if now.rests_until:
        st.caption(
            _("整理时间还有 {rests_until}，结束后自动在线。").format(
                rests_until=clock_words.span(now.rests_until - now.now)
            )
        )
    elif now.status == "offline":
        st.caption(_("点“在线”后，客户会按排队顺序自动接入；也可以直接接下一位。"))
