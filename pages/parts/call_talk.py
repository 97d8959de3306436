"""Supervisor and witness within a running call: who sits in, and the messages between them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.usecases.call_chat import writer
from core.usecases.observe_call import Whisper, observers, whisper, whispers, why_lost
from pages.parts import chat, notice
from pages.parts.language import _

_TEXT, _LOST = "whisper_text", "lost_call"


def beside_call(desk: Desk, actor: Actor, ticket_id: str) -> None:
    """For the witness: nothing unless a supervisor sits in or has written."""
    with desk.read(actor.firm_id) as work:
        ticket = work.queue.find(ticket_id)
        if ticket is None or ticket.staff_id != actor.staff_id:
            return
        present, said = observers(work, ticket), whispers(work, actor, ticket)
    if present:
        names = notice.plain(_("、").join(present))
        st.caption(_(":material/hearing: 主管旁听中：{names}。客户看不到，也听不到。").format(names=names))
    if present or said:
        _talk(desk, actor, ticket_id, said)


def note_lost(desk: Desk, actor: Actor, ticket_id: str) -> None:
    """For the witness whose call is gone: keep the reason for the next run, if somebody took it over."""
    st.session_state[_LOST] = why_lost(desk, actor, ticket_id)


def show_lost() -> None:
    """Say why the call is gone, until the page runs anew."""
    said = st.session_state.pop(_LOST, "")
    if said:
        st.warning(_(said), icon=":material/swap_horiz:")


def talk(desk: Desk, actor: Actor, ticket_id: str) -> None:
    """For the supervisor: what witness and customer write, the messages with the witness, the next one."""
    chat.show_lines([(writer(line, {}), line.at, line.text) for line in chat.lines_now(desk, actor, ticket_id)])
    with desk.read(actor.firm_id) as work:
        ticket = work.queue.find(ticket_id)
        said = whispers(work, actor, ticket) if ticket else []
    _talk(desk, actor, ticket_id, said)


def _talk(desk: Desk, actor: Actor, ticket_id: str, said: list[Whisper]) -> None:
    chat.show_lines([(_("我") if line.mine else line.author, line.at, line.text) for line in said])
    chat.field("whisper", _TEXT, _("给同事的话（客户看不到）"), partial(whisper, desk, actor, ticket_id))
