"""视频见证: take the next customer, run the call, decide."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.records import Ticket
from core.usecases.loading import Loaded, load
from core.usecases.serve_customer import claim_next, keep_call
from pages.parts import call, notice, state, visitor, wiring
from pages.parts.call_talk import beside_call, note_lost, show_lost
from pages.parts.components.sound import chime
from pages.parts.witness_panels import captures, decide, facts, script, status

guest = visitor.read()
desk, actor, member = wiring.desk(), guest.actor_staff, guest.member
if actor is None or member is None:
    st.switch_page("staff/home.py")


def _held() -> tuple[Ticket, Loaded] | None:
    with desk.read(actor.firm_id) as work:
        ticket = work.queue.find_held(actor.staff_id)
        return (ticket, load(work, ticket.case_id)) if ticket else None


def _take() -> None:
    try:
        if claim_next(desk, actor) is None:
            state.say("现在没有客户排队。")
    except DeskError as error:
        state.say(error.text)


def _idle() -> None:
    st.title("视频见证")

    @st.fragment(run_every="2s", key="waiting")
    def waiting() -> None:
        with desk.read(actor.firm_id) as work:
            line = work.queue.waiting(member.branch_id)
            now = work.now
        chime("chime", nonce=line[0].id if line else None)
        if not line:
            notice.empty_state("现在没有客户排队。有客户时这里会显示人数，并有提示音。")
            return
        longest = int((now - line[0].enqueued_at).total_seconds())
        left, right = st.columns(2)
        left.metric("排队人数", len(line), border=True)
        right.metric("最长等待", f"{longest // 60}:{longest % 60:02d}", border=True)

    waiting()
    st.button("下一位", key="next_customer", type="primary", on_click=_take)


def _desk(ticket: Ticket, loaded: Loaded) -> None:
    st.subheader(f"{loaded.business.title}　受理单 {loaded.case.number}")
    picture, side = st.columns([3, 2])
    with picture:
        call.join(ticket, call.Role.STAFF)

        @st.fragment(run_every="2s", key="call_status")
        def live() -> None:
            if not keep_call(desk, actor, ticket.id, ticket.fence):
                note_lost(desk, actor, ticket.id)
                st.rerun(scope="app")
                return
            call.keep_recording(desk, actor, ticket)
            status(ticket)
            beside_call(desk, actor, ticket.id)
            captures(desk, actor, ticket)

        live()
        decide(desk, actor, ticket, loaded)
    with side:
        data, talk = st.tabs(["话术", "客户资料"])
        with data:
            script(desk, actor, member, ticket, loaded)
        with talk:
            facts(desk, actor, loaded)


try:
    held = _held()
    if not held:
        show_lost()
    _desk(*held) if held else _idle()
except DeskError as error:
    notice.refusal(error.text)
    st.button("刷新", key="refresh")
