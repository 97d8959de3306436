"""视频见证: take the next customer, run the call, decide."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.records import Ticket
from core.usecases.call_chat import ready_sentences
from core.usecases.duty import stand_by
from core.usecases.loading import Loaded, load
from core.usecases.serve_customer import keep_call
from pages.parts import call, chat, duty, notice, state, visitor, wiring
from pages.parts.call_talk import beside_call, note_lost, show_lost
from pages.parts.case_file import show_flags
from pages.parts.components.sound import chime
from pages.parts.language import _
from pages.parts.script_panel import Talk, script
from pages.parts.witness_panels import captures, decide, facts, status

guest = visitor.read()
desk, actor, member = wiring.desk(), guest.actor_staff, guest.member
if actor is None or member is None:
    st.switch_page("staff/home.py")


def _held() -> tuple[Ticket, Loaded] | None:
    with desk.read(actor.firm_id) as work:
        ticket = work.queue.find_held(actor.staff_id)
        return (ticket, load(work, ticket.case_id)) if ticket else None


def _idle() -> None:
    st.title(_("视频见证"))

    @st.fragment(run_every="2s", key="standing_by")
    def between() -> None:
        try:
            now = stand_by(desk, actor)
        except DeskError as error:
            notice.refusal(error.text)
            return
        if now.in_call or state.get(state.Key.SAID):
            st.rerun(scope="app")
        duty.duty_switch(desk, actor, now)
        chime("chime", nonce=duty.bell(now))
        if now.offer:
            duty.ring_card(desk, actor, now)
        else:
            duty.next_button(desk, actor)
        duty.line_figures(now)

    between()


def _desk(ticket: Ticket, loaded: Loaded) -> None:
    st.subheader(_("{title}　受理单 {number}").format(title=_(loaded.business.title), number=loaded.case.number))
    show_flags(loaded.case.flags)
    picture, side = st.columns([3, 2])
    with picture:
        call.join(ticket, call.Role.STAFF)

        @st.fragment(run_every="2s", key="call_status")
        def live() -> None:
            if not keep_call(desk, actor, ticket.id, ticket.fence):
                note_lost(desk, actor, ticket.id)
                st.rerun(scope="app")
                return
            notice.show_said()
            call.keep_recording(desk, actor, ticket)
            status(ticket)
            st.caption(_(":material/groups: 排队 {waiting} 人").format(waiting=stand_by(desk, actor).waiting))
            chat.announce(desk, actor, ticket)
            beside_call(desk, actor, ticket.id)
            captures(desk, actor, ticket)

        live()
        decide(desk, actor, ticket, loaded)
    with side:
        _beside(ticket, loaded)


def _beside(ticket: Ticket, loaded: Loaded) -> None:
    lines, data, text = st.tabs([_("话术"), _("客户资料"), _("文字交流")])
    sentences = ready_sentences(loaded.rules)

    @st.fragment(run_every="4s", key="call_script")
    def talk() -> None:
        with desk.read(actor.firm_id) as work:
            now = work.queue.find(ticket.id)
        notice.show_said()
        if now:
            script(Talk(desk, actor, member, now, loaded))

    @st.fragment(run_every="2s", key="call_chat")
    def written() -> None:
        chat.panel(desk, actor, ticket, sentences)

    with lines, st.container(key="script_lines"):
        talk()
    with data:
        facts(desk, actor, ticket, loaded)
    with text:
        written()


try:
    held = _held()
    if not held:
        show_lost()
    _desk(*held) if held else _idle()
except DeskError as error:
    notice.refusal(error.text)
    st.button(_("刷新"), key="refresh")
