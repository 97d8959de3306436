"""Duty on every staff page but the witness's own: state, switch, and a customer who rings, in the sidebar."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.errors import DeskError
from core.ports import Desk
from core.usecases.duty import Glance, glance
from pages.parts import duty, notice
from pages.parts.components.sound import chime
from pages.parts.language import _

WITNESS_PAGE = "staff/witness.py"
_ANNOUNCED = "duty_announced"


@st.fragment(run_every="4s", key="duty_aside")
def duty_aside(desk: Desk, actor: Actor) -> None:
    """For those who may serve: call it where it is to stand, for a fragment does not leave its place."""
    try:
        now = glance(desk, actor)
    except DeskError as error:
        notice.refusal(error.text)
        return
    _call(now)
    duty.switch(desk, actor, now)
    if now.duty:
        chime("chime_aside", nonce=duty.bell(now))


def _call(now: Glance) -> None:
    """The way to whoever rings, and back to the running call; once also over the page, for closed sidebars."""
    if now.offer:
        rung = f"{now.offer.id}{now.offer.fence}"
        if st.session_state.get(_ANNOUNCED) != rung:
            st.session_state[_ANNOUNCED] = rung
            words = _("有客户正在等您接听。请点侧边栏的“去接听”。")
            st.toast(words, icon=":material/ring_volume:", duration=duty.seconds_left(now))
        with st.container(key="card-ring"):
            st.markdown(_("**有客户正在等您接听**"))
            st.markdown(
                _("请在 **{seconds_left}** 秒内接听，否则转给其他同事。").format(seconds_left=duty.seconds_left(now))
            )
            st.page_link(WITNESS_PAGE, label=_("去接听"), icon=":material/ring_volume:")
    elif now.in_call:
        st.page_link(WITNESS_PAGE, label=_("回到通话"), icon=":material/call:")
