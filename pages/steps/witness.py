"""视频验证, the customer's side: device, waiting, the call."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.call_notes import challenge_of, code_state, sent_code
from core.errors import DeskError
from core.records import QueuePlace, Ticket
from core.steps.device import call_ready
from core.usecases.call_script import CHALLENGE_SHOWN, enter_call_code
from core.usecases.loading import calendar_now
from core.usecases.serve_customer import script_marks, script_steps, still_wishes
from core.usecases.wait_for_witness import call_partner, hours_of, join_queue, look_at_queue, lost_place
from pages.parts import call, chat, clock_words, notice, rehearse, reserve, state
from pages.parts.components.selfie import selfie
from pages.parts.language import _
from pages.parts.step import StepView
from pages.parts.waiting import waiting_room, way_out, why_lost

_CODE_SHOWN = "call_code_shown"
STILLS_EVERY_S = 0.5
"""A still that the witness asks for is taken at nearly the moment of the server's own."""


def draw(view: StepView) -> None:
    """Passed, in the call, waiting, or about to start."""
    if view.done:
        st.success(_("视频验证已通过。"), icon=":material/verified_user:")
        view.actions(view.forward)
        return
    place = look_at_queue(view.desk, view.actor, view.case_id)
    if place is None:
        _start(view)
    elif place.ticket.state == "in_call":
        _call(view, place.ticket)
    else:
        _wait(view, place)


def _start(view: StepView) -> None:
    if reserve.is_open(view):
        reserve.draw(view)
        return
    now = view.loaded.now
    with view.desk.read(view.actor.firm_id) as work:
        hours = hours_of(work, view.loaded.case)
    calendar = calendar_now(view.desk, view.actor.firm_id, now)
    is_open, opens = hours.is_open(now, calendar), hours.next_opening(now, calendar)
    why_lost(lost_place(view.desk, view.actor, view.case_id))
    st.markdown(_("您将与见证人员视频通话，由见证人员确认您的身份。请准备好身份证原件，独自在明亮、安静的地方。"))
    ready = call_ready(view.loaded.facts.values("device"))
    if not ready:
        notice.refusal(_("还差设备检测：这台设备还没有通过摄像头和麦克风检测。请在有摄像头的设备上登录，或重新检测。"))
        st.button(_("去检测设备"), key="to_device", on_click=view.go, args=("device",))
    if not is_open:
        begins = _("下次开始：{promise}。").format(promise=clock_words.promise(opens)) if opens else ""
        notice.refusal(
            _("现在不在视频服务时间。{begins}服务时间：{sentence}。").format(
                begins=begins, sentence=_(hours.sentence())
            )
        )
    if ready and is_open:
        rehearse.draw(view)
    view.show_error("queue")
    reserve.draw(view)
    view.actions(lambda: _join(view), label=_("开始视频通话"))


def _join(view: StepView) -> None:
    try:
        join_queue(view.desk, view.actor, view.case_id, state.get(state.Key.REHEARSAL))
        view.fail({})
    except DeskError as error:
        view.fail({"queue": error.text})


def _wait(view: StepView, first: QueuePlace) -> None:
    waiting_room(view, first)
    way_out(view)
    if not reserve.draw(view):
        view.actions()


def _partner(view: StepView) -> None:
    name, licence = (notice.plain(text) for text in call_partner(view.desk, view.actor, view.case_id))
    with st.container(key="card-partner"):
        st.markdown(_(":material/badge: 见证人员 **{name}**　执业证号 {licence}").format(name=name, licence=licence))


def _call(view: StepView, ticket: Ticket) -> None:
    _partner(view)

    @st.fragment(run_every="2s", key="call_panel")
    def guide() -> None:
        """Above the picture: on a phone nothing below it is seen."""
        now = look_at_queue(view.desk, view.actor, view.case_id)
        if now is None or now.ticket.id != ticket.id or now.ticket.state != "in_call":
            view.go(None)
            st.rerun(scope="app")
            return
        if now.ticket.fence != ticket.fence:  # a colleague took over: another name, another licence
            st.rerun(scope="app")
        _show_outbox(view, now.ticket)
        chat.announce(view.desk, view.actor, now.ticket)
        _guide(view, now.ticket)

    @st.fragment(run_every=STILLS_EVERY_S, key="call_stills")
    def stills() -> None:
        now = look_at_queue(view.desk, view.actor, view.case_id)
        if now:
            _stills(now.ticket)

    @st.fragment(run_every="2s", key="call_beside")
    def beside() -> None:
        """What may grow stands under the picture, so that the picture stays where it is."""
        with st.container(key="card-chat"):
            chat.panel(view.desk, view.actor, ticket)
        now = look_at_queue(view.desk, view.actor, view.case_id)
        if now:
            _all_steps(view, now.ticket)

    guide()
    call.join(ticket, call.Role.CUSTOMER)
    stills()
    beside()


def _stills(ticket: Ticket) -> None:
    """The own picture, and the stills that the witness's captures ask for, one after the other."""
    failed: set[str] = st.session_state.setdefault("failed_stills", set())
    wishes = [(slot, nonce) for slot, nonce in still_wishes(ticket).items() if nonce not in failed]
    slot, nonce = wishes[0] if wishes else ("none", None)
    taken = selfie("call_selfie", upload_url=f"/still/{ticket.id}/{slot}", still=nonce)
    if taken and not taken["ok"]:
        failed.add(taken["nonce"])


def _show_outbox(view: StepView, ticket: Ticket) -> None:
    """In the demo the message with a code stands at the top of the page, which is drawn anew once for each code."""
    sent = sent_code(ticket)
    if view.desk.settings.demo and sent and st.session_state.get(_CODE_SHOWN) != sent:
        st.session_state[_CODE_SHOWN] = sent
        st.rerun(scope="app")


def _guide(view: StepView, ticket: Ticket) -> None:
    """What is asked for now: the challenge, else the first step of the script that is not done, in plain words."""
    shown = challenge_of(ticket)
    if shown and view.desk.clock() - datetime.fromisoformat(shown["at"]) < CHALLENGE_SHOWN:
        st.info(f"### {notice.plain(shown['text'])}", icon=":material/videocam:")
        return
    if code_state(ticket) == "sent":
        _enter_code(view, ticket)
    steps = _steps(view, ticket)
    for number, (words, done) in enumerate(steps, 1):
        if not done:
            said = _("第 {number} 项，共 {count} 项").format(number=number, count=len(steps))
            st.info(f"{said}　{notice.plain(words)}", icon=":material/record_voice_over:")
            return
    st.info(_("见证人员正在确认结果，请稍候。"), icon=":material/hourglass_top:")


def _steps(view: StepView, ticket: Ticket) -> list[tuple[str, bool]]:
    """What the call goes through, in plain words, and whether it is done."""
    with view.desk.read(view.actor.firm_id) as work:
        taken = {item.slot for item in work.cases.evidence(view.case_id) if item.meta.get("ticket") == ticket.id}
    done = taken | set(script_marks(ticket))
    asked = [step for step in script_steps(view.loaded) if step["evidence"] not in {"result", "note"}]
    return [(str(step["customer"]), step["key"] in done or step["evidence"] in done) for step in asked]


def _all_steps(view: StepView, ticket: Ticket) -> None:
    """The whole list for whoever wants to know what is still to come."""
    steps = _steps(view, ticket)
    with st.expander(_("全部步骤"), icon=":material/checklist:", key="call_steps"):
        for number, (words, done) in enumerate(steps, 1):
            icon, said = ("check_circle", _("，已完成")) if done else ("radio_button_unchecked", "")
            st.markdown(f":material/{icon}: {number}. {notice.plain(words)}{said}")


def _enter_code(view: StepView, ticket: Ticket) -> None:
    """The code by SMS that the witness asked for; it is typed here and never said aloud."""

    def enter() -> None:
        code = str(st.session_state.get("call_code") or "")
        try:
            right = enter_call_code(view.desk, view.actor, ticket.id, code)
            view.fail({} if right else {"call_code": _("验证码不正确或已过期，请核对短信。")})
        except DeskError as error:
            view.fail({"call_code": error.text})

    with st.form("call_code_form"):
        st.text_input(_("短信验证码"), key="call_code", max_chars=6, placeholder=_("请输入手机收到的 6 位验证码"))
        view.show_error("call_code")
        st.form_submit_button(_("确认"), on_click=enter)
