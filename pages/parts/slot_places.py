"""Places of the slots of one day: what the roster gives, and a number by hand instead."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.usecases.manage_reservations import MOST_PLACES, set_capacity
from core.usecases.offered_slots import DayOffer, SlotOffer
from pages.parts import acting, notice, state
from pages.parts.language import _

_DOUBT = "places_doubt"


def _save(desk: Desk, actor: Actor, branch_id: str, day: date, slot: str, by_roster: bool) -> None:
    """Save the number of the field; below what is booked it asks once more."""
    key = f"places_{day}_{slot}"
    number = None if by_roster else int(st.session_state[key])
    confirmed = st.session_state.pop(_DOUBT, None) is not None and st.session_state.get("places_sure") is True
    doubts: list[str] = []

    def act() -> None:
        doubts.append(set_capacity(desk, actor, branch_id, day, slot, number, confirmed=confirmed))

    if not acting.attempt(act):
        return
    if doubts[0]:
        st.session_state[_DOUBT] = (key, doubts[0])
        return
    st.session_state.pop(key, None)
    state.say(_("名额已保存。"))


def slot_places(desk: Desk, actor: Actor, branch_id: str, day: DayOffer) -> None:
    """One row for each slot: booked, places, save, by the roster again."""
    for slot in day.slots:
        _row(desk, actor, branch_id, day.day, slot)


def _row(desk: Desk, actor: Actor, branch_id: str, day: date, slot: SlotOffer) -> None:
    key, name = f"places_{day}_{slot.window.slot.key}", _(slot.window.times())
    args = (desk, actor, branch_id, day, slot.window.slot.key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        origin = _("手动设置") if slot.by_hand else _("按排班")
        said = (
            _("停止预约：{closed}").format(closed=slot.closed)
            if slot.closed
            else _("已约 {used} 人，名额 {capacity}（{origin}）").format(
                used=slot.used, capacity=slot.capacity, origin=origin
            )
        )
        st.markdown(f"**{name}**  \n{notice.plain(said)}", width=260)
        st.number_input(
            _("{name} 名额").format(name=name),
            0,
            MOST_PLACES,
            slot.capacity,
            key=key,
            label_visibility="collapsed",
            width=160,
        )
        st.button(_("保存名额"), key=f"save_{key}", on_click=_save, args=(*args, False))
        if slot.by_hand:
            st.button(_("改回按排班"), key=f"roster_{key}", on_click=_save, args=(*args, True))
    doubt = st.session_state.get(_DOUBT)
    if doubt and doubt[0] == key:
        notice.refusal(doubt[1])
        st.checkbox(_("仍然减少名额（勾选后再点“保存名额”）"), key="places_sure")
