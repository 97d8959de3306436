"""视频验证, the customer's side: device, waiting, the call."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.records import QueuePlace, Ticket
from core.rules.service_hours import ServiceHours
from core.steps.device import call_ready
from core.usecases.loading import calendar_around
from core.usecases.serve_customer import script_marks, still_wishes
from core.usecases.wait_for_witness import call_partner, join_queue, leave_queue, look_at_queue
from pages.parts import call, notice
from pages.parts.components.selfie import selfie
from pages.parts.step import StepView


def draw(view: StepView) -> None:
    """Passed, in the call, waiting, or about to start."""
    if view.done:
        st.success("视频验证已通过。", icon=":material/verified_user:")
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
    rules = view.loaded.rules
    with view.desk.read(view.actor.firm_id) as work:
        hours = ServiceHours.of(rules["service_hours"], "witness")
        is_open = hours.is_open(work.now, calendar_around(work))
    st.markdown("您将与见证人员视频通话，由见证人员确认您的身份。请准备好身份证原件，独自在明亮、安静的地方。")
    if not call_ready(view.loaded.facts.values("device")):
        notice.refusal("还差设备检测：这台设备还没有通过摄像头和麦克风检测。请在有摄像头的设备上登录，或重新检测。")
        st.button("去检测设备", key="to_device", on_click=view.go, args=("device",))
    if not is_open:
        notice.refusal(f"现在不在视频服务时间。服务时间：{hours.sentence()}。")
    view.show_error("queue")
    view.actions(lambda: _join(view), label="开始视频通话")


def _join(view: StepView) -> None:
    try:
        join_queue(view.desk, view.actor, view.case_id)
        view.fail({})
    except DeskError as error:
        view.fail({"queue": error.text})


def _wait(view: StepView, first: QueuePlace) -> None:
    selfie("waiting_selfie", upload_url=f"/still/{first.ticket.id}/none", small=False)

    seen = [first]

    @st.fragment(run_every="2s", key="queue")
    def place() -> None:
        now = seen.pop() if seen else look_at_queue(view.desk, view.actor, view.case_id)
        if now is None or now.ticket.state != "waiting":
            view.go(None)
            st.rerun(scope="app")
            return
        with st.container(key="card-queue"):
            st.markdown(f"### 前面 {max(0, now.position - 1)} 人 · 共 {now.people} 人（含您）")
            st.caption("轮到您时会自动接通，请不要关闭页面。刷新页面或短暂断网不会丢失位置。")

    place()
    st.markdown("请准备：身份证原件、充足的光线、安静的环境；请摘下帽子和口罩。")

    def leave() -> None:
        leave_queue(view.desk, view.actor, view.case_id)

    st.button("离开排队", key="leave_queue", on_click=leave)
    view.actions()


def _call(view: StepView, ticket: Ticket) -> None:
    name, licence = call_partner(view.desk, view.actor, view.case_id)
    with st.container(key="card-partner"):
        st.markdown(f":material/badge: 见证人员 **{notice.plain(name)}**　执业证号 {notice.plain(licence)}")
    call.join(ticket, call.Role.CUSTOMER)

    @st.fragment(run_every="2s", key="call_panel")
    def panel() -> None:
        now = look_at_queue(view.desk, view.actor, view.case_id)
        if now is None or now.ticket.id != ticket.id or now.ticket.state != "in_call":
            view.go(None)
            st.rerun(scope="app")
            return
        if now.ticket.fence != ticket.fence:  # a colleague took over: another name, another licence
            st.rerun(scope="app")
        _guide(view, now.ticket)
        _stills(now.ticket)

    panel()


def _stills(ticket: Ticket) -> None:
    """The own picture, and the stills that the witness's captures ask for, one after the other."""
    failed: set[str] = st.session_state.setdefault("failed_stills", set())
    wishes = [(slot, nonce) for slot, nonce in still_wishes(ticket).items() if nonce not in failed]
    slot, nonce = wishes[0] if wishes else ("none", None)
    taken = selfie("call_selfie", upload_url=f"/still/{ticket.id}/{slot}", still=nonce)
    if taken and not taken["ok"]:
        failed.add(taken["nonce"])


def _guide(view: StepView, ticket: Ticket) -> None:
    """The script's steps in the customer's words; the first one not ticked is the present one."""
    steps = [s for s in view.loaded.rules["witness_script"]["steps"] if s["evidence"] not in {"result", "note"}]
    ticked = script_marks(ticket)
    have = {item.slot for item in view.loaded.facts.evidence if item.meta.get("ticket") == ticket.id}
    for number, step in enumerate(steps, 1):
        if step["key"] not in ticked and step["evidence"] not in have:
            st.info(f"第 {number} 项　{notice.plain(step['customer'])}", icon=":material/record_voice_over:")
            return
    st.info("见证人员正在确认结果，请稍候。", icon=":material/hourglass_top:")
