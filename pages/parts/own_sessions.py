"""Where somebody is signed in now, and ending it: for staff and customers alike."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.records import SessionRecord
from core.rules.device_kind import DEVICE_TITLES
from core.usecases.sessions import end_other_sessions, end_session, own_sessions
from pages.parts import acting, clock_words
from pages.parts.language import _


def session_words(session: SessionRecord) -> str:
    """Device, when it was signed in and when last used."""
    opened, used = clock_words.exact(session.created_at), clock_words.exact(session.seen_at)
    return _("**{device_titles}**　登录 {opened}　最近使用 {used}").format(
        device_titles=DEVICE_TITLES[session.device], opened=opened, used=used
    )


def show_own_sessions(desk: Desk, actor: Actor) -> None:
    """The actor's sign-ins, the present one first; any other can be ended, or all of them."""
    found = own_sessions(desk, actor)
    for session in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"session-{session.id[:8]}"):
            st.markdown(session_words(session), width="stretch")
            if session.id == actor.session_id:
                st.markdown(_(":green[本次登录]"), width="content")
            else:
                st.button(_("结束"), key=f"end_{session.id[:8]}", on_click=_end, args=(desk, actor, session.id))
    if any(session.id != actor.session_id for session in found):
        st.button(_("结束其他全部登录"), key="end_others", on_click=_end_others, args=(desk, actor))
        st.caption(_("如果有不是您本人的登录，请结束它，并联系我们。"))


def _end(desk: Desk, actor: Actor, session_id: str) -> None:
    acting.attempt(lambda: end_session(desk, actor, session_id), _("这处登录已结束。"))


def _end_others(desk: Desk, actor: Actor) -> None:
    acting.attempt(lambda: end_other_sessions(desk, actor), _("其他登录已全部结束。"))
