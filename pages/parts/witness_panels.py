"""Panels of the witness desk: call status, captures, customer facts, decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from core.actor import Actor
from core.call_notes import HELP_REASONS, challenge_of, help_wanted
from core.errors import DeskError
from core.flow import Evidence
from core.ports import Desk
from core.records import Ticket
from core.rules.masks import mask_id, mask_name, mask_phone
from core.steps.photos import ALL_SLOTS
from core.steps.witness import CAPTURES, HEAD_CLIP
from core.steps.witness import captures as captures_of
from core.usecases.call_script import call_supervisor, draw_challenge
from core.usecases.loading import Loaded, load
from core.usecases.serve_customer import (
    add_capture,
    ask_still,
    missing_proofs,
    pass_witness,
    reject_witness,
    release_call,
    still_wishes,
)
from pages.parts import acting, call, notice, state
from pages.parts.language import _
from pages.parts.pictures import picture_url
from pages.parts.rehearse import line_for_staff
from pages.parts.reject_form import prefill, reject_form

_CODES = "witness_reject_codes"
KEYS = ("F2", "F4", "F8", "F9")
"""Keys of the three stills and the clip; browsers leave them alone."""
SHOWN = 5
"""How many of the missing things are named."""


def status(ticket: Ticket) -> None:
    """Quality of the customer's picture, connection and recording in one line."""
    if not call.present(ticket, call.Role.CUSTOMER):
        st.caption(_(":material/hourglass_top: 等待客户接入…"))
        return
    now = call.quality(ticket, call.Role.CUSTOMER)
    word = _("录制中") if call.recording(ticket) else _("准备录制")
    size = f"{now.width}×{now.height}"
    st.caption(
        _(
            ":material/videocam: {size} · {frames_per_second:.0f} 帧/秒 · "
            "{kbit_per_second:.0f} kbit/s · :material/fiber_manual_record: {word}"
        ).format(size=size, frames_per_second=now.frames_per_second, kbit_per_second=now.kbit_per_second, word=word)
    )


def _capture(desk: Desk, actor: Actor, ticket: Ticket, slot: str) -> None:
    """The customer's browser and the server take their pictures at the same time; the sharpest one counts."""
    try:
        ask_still(desk, actor, ticket.id, ticket.fence, slot)
        _store(desk, actor, ticket, call.take_burst(ticket, slot))
    except DeskError as error:
        state.say(error.text)


def _store(desk: Desk, actor: Actor, ticket: Ticket, burst: call.Burst, number: int | None = None) -> None:
    jpeg, meta = call.evidence_of(burst, number)
    add_capture(desk, actor, ticket.id, ticket.fence, burst.slot, jpeg, "image/jpeg", meta)


def _choose(desk: Desk, actor: Actor, ticket: Ticket, burst: call.Burst, number: int) -> None:
    try:
        _store(desk, actor, ticket, burst, number)
    except DeskError as error:
        state.say(error.text)


def _choices(desk: Desk, actor: Actor, ticket: Ticket, taken: Mapping[str, Evidence]) -> None:
    """The stills of the last capture beside the customer's own; one press makes another one the evidence."""
    burst = call.last_burst(ticket)
    now = taken.get(burst.slot) if burst else None
    if burst is None or now is None:
        return
    hashes = [still.sha256 for still in burst.stills]
    if now.sha256 not in hashes or len(hashes) == 1:
        return
    st.caption(_("{captures}：已选用最清晰的一帧（✓），点其他一帧即可改用。").format(captures=CAPTURES[burst.slot]))
    original = taken.get(f"{burst.slot}_still")
    columns = st.columns(len(hashes) + 1)
    for number, preview in enumerate(burst.previews):
        with columns[number]:
            name, chosen = _("第 {number} 帧").format(number=number + 1), hashes[number] == now.sha256
            st.html(f'<img class="jz-thumb" src="{preview}" alt="{name}">')
            st.button(f"✓ {name}" if chosen else name, key=f"still_{number}", width="stretch", disabled=chosen,
                      on_click=_choose, args=(desk, actor, ticket, burst, number))  # fmt: skip
    with columns[-1]:
        if original:
            st.image(picture_url(desk, actor.firm_id, original), width="stretch")
        st.caption(_("客户设备原图") if original else _("等待客户设备原图…"))


def _clip(desk: Desk, actor: Actor, ticket: Ticket) -> None:
    """Draw the challenge, show it to both sides, record."""
    acting.attempt(lambda: draw_challenge(desk, actor, ticket.id, ticket.fence))
    call.record_clip(desk, actor, ticket)


def captures(desk: Desk, actor: Actor, ticket: Ticket) -> None:
    """The firm's stills and the head clip, each with what was taken and a way to take it anew; what a pass needs.

    The buttons act in callbacks: presses that come while a capture runs reach one rerun together, and each counts.
    """
    with desk.read(actor.firm_id) as work:
        now, loaded = work.queue.find(ticket.id), load(work, ticket.case_id)
    awaited = {f"{slot}_still" for slot in still_wishes(now)} if now else set()
    of_call = [item for item in loaded.facts.evidence if item.meta.get("ticket") == ticket.id]
    taken = {item.slot: item for item in of_call if item.slot not in awaited}
    columns, trouble = st.columns(4), call.clip_trouble(ticket)
    wanted = captures_of(loaded.facts, loaded.rules)
    for number, (slot, title) in enumerate(CAPTURES.items()):
        if slot not in wanted:
            continue
        with columns[number]:
            done = "✓ " if slot in taken else ""
            st.button(f"{done}{title}", key=f"take_{slot}", width="stretch", shortcut=KEYS[number],
                      on_click=_capture, args=(desk, actor, ticket, slot))  # fmt: skip
            if slot in taken:
                st.image(picture_url(desk, actor.firm_id, taken[slot]), width="stretch")
    if HEAD_CLIP in wanted:
        with columns[3]:
            _clip_button(desk, actor, ticket, now, done=HEAD_CLIP in taken)
    if trouble and not call.clip_running(ticket):
        notice.refusal(trouble)
    _choices(desk, actor, ticket, taken)
    missing = missing_proofs(loaded, now) if now else []
    if missing:
        more = _(" 等") if len(missing) > SHOWN else ""
        st.caption(
            _("还缺 {count} 项：{missing}{more}").format(
                count=len(missing), missing=_("、").join(missing[:SHOWN]), more=more
            )
        )


def _clip_button(desk: Desk, actor: Actor, ticket: Ticket, now: Ticket | None, *, done: bool) -> None:
    running = call.clip_running(ticket)
    label = _("录制中…") if running else (_("✓ 头部短视频") if done else _("头部短视频"))
    st.button(label, key="take_clip", width="stretch", disabled=running, shortcut=KEYS[3],
              on_click=_clip, args=(desk, actor, ticket))  # fmt: skip
    if running and now:
        st.markdown(f"**{notice.plain(challenge_of(now).get('text', ''))}**")


def facts(desk: Desk, actor: Actor, ticket: Ticket, loaded: Loaded) -> None:
    """Masked until asked for; showing the whole is audited. Above it what was measured before the call."""
    if line := line_for_staff(ticket):
        st.caption(f":material/network_check: {line}")
    profile = loaded.facts.values("profile")
    if st.toggle(_("显示完整资料"), key="reveal"):
        with desk.write(actor.firm_id) as work:
            work.personal_read(actor, f"case:{loaded.case.id}", "witness")
        rows = {
            _("姓名"): profile.get("name"),
            _("身份证号"): profile.get("id_number"),
            _("手机"): profile.get("phone"),
            _("身份证地址"): profile.get("id_address"),
            _("有效期至"): profile.get("valid_to"),
            _("出生日期"): profile.get("birth_date"),
            _("职业"): profile.get("occupation"),
        }
        for slot, title in ALL_SLOTS.items():
            for item in loaded.facts.slot(slot)[-1:]:
                st.image(picture_url(desk, actor.firm_id, item), caption=_(title))
    else:
        rows = {
            _("姓名"): mask_name(str(profile.get("name", ""))),
            _("身份证号"): mask_id(str(profile.get("id_number", ""))),
            _("手机"): mask_phone(str(profile.get("phone", ""))),
        }
    for title, value in rows.items():
        st.markdown(_("{title}：**{value}**").format(title=title, value=notice.plain(str(value or "—"))))


def decide(desk: Desk, actor: Actor, ticket: Ticket, loaded: Loaded) -> None:
    """Pass, reject with reasons, or put the customer back to the head of the queue."""

    def act(kind: str, codes: Sequence[str] = (), text: str = "", internal: str = "") -> None:
        try:
            if kind == "pass":
                pass_witness(desk, actor, ticket.id, ticket.fence, str(st.session_state.get("witness_note") or ""))
            elif kind == "reject":
                reject_witness(desk, actor, ticket.id, ticket.fence, codes, text, internal)
            else:
                release_call(desk, actor, ticket.id, ticket.fence)
            call.end(ticket.id)
            state.say({"pass": _("已通过。"), "reject": _("已驳回。")}.get(kind, _("客户已回到队首。")))
        except DeskError as error:
            state.say(error.text)
            st.session_state["witness_refused"] = error.text

    if "witness_refused" in st.session_state:
        notice.refusal(st.session_state.pop("witness_refused"))
    with st.container(horizontal=True):
        st.button(_("通过"), key="witness_pass", type="primary", shortcut="Alt+P", on_click=act, args=("pass",))
        st.button(_("退回队首"), key="witness_release", shortcut="Alt+B", on_click=act, args=("release",))
        _ask_supervisor(desk, actor, ticket)
        _abort(loaded)
    st.text_input(_("内部备注"), key="witness_note", max_chars=500, placeholder=_("通过时一并保存，客户看不到"))
    chosen = bool(st.session_state.get("witness_reject_codes"))
    with st.expander(_("驳回"), icon=":material/assignment_return:", expanded=chosen):
        reject_form(loaded, "witness", "witness", lambda c, t, i: act("reject", c, t, i))


def _ask_supervisor(desk: Desk, actor: Actor, ticket: Ticket) -> None:
    wanted = help_wanted(ticket)
    with st.popover(_("请主管"), icon=":material/support_agent:", key=f"help_{wanted}"):
        for code, title in HELP_REASONS.items():
            act = partial(call_supervisor, desk, actor, ticket.id, ticket.fence, code)
            st.button(
                _(title),
                key=f"ask_help_{code}",
                width="stretch",
                on_click=acting.attempt,
                args=(act, _("已通知主管。")),
            )
    if wanted:
        st.caption(_("已请主管：{help_reasons}").format(help_reasons=_(HELP_REASONS[wanted])))


def _abort(loaded: Loaded) -> None:
    """Why a call must not go on; choosing one fills in the rejection, which is then sent as usual."""
    script = loaded.rules["witness_script"]
    with st.popover(_("中止"), icon=":material/front_hand:", key=f"abort_{bool(st.session_state.get(_CODES))}"):
        st.caption(_("请对客户说：{script}").format(script=script["neutral_end"]))
        for row in script["abort"]:
            if row["reason"]:
                st.button(_(row["text"]), key=f"abort_{row['key']}", width="stretch",
                          on_click=prefill, args=("witness", loaded.rules, row["reason"], row["text"]))  # fmt: skip
