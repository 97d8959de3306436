"""Panels of the witness desk: call status, captures, script, customer facts, decision."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.actor import Actor
from core.errors import DeskError
from core.ports import Desk
from core.records import StaffMember, Ticket
from core.rules.calendar import SHANGHAI
from core.rules.exchanges import names_of
from core.rules.masks import mask_id, mask_name, mask_phone
from core.rules.suitability import level_name
from core.steps import exchanges
from core.steps.photos import SLOTS
from core.steps.witness import CAPTURES, HEAD_CLIP
from core.usecases.loading import Loaded, load
from core.usecases.serve_customer import (
    add_capture,
    mark_script,
    missing_proofs,
    pass_witness,
    reject_witness,
    release_call,
    script_marks,
    script_steps,
)
from pages.parts import call, notice, state
from pages.parts.pictures import picture_url
from pages.parts.reject_form import reject_form


def status(ticket: Ticket) -> None:
    """Quality of the customer's picture, connection and recording in one line."""
    if not call.present(ticket, call.Role.CUSTOMER):
        st.caption(":material/hourglass_top: 等待客户接入…")
        return
    now = call.quality(ticket, call.Role.CUSTOMER)
    word = "录制中" if call.recording(ticket) else "准备录制"
    size = f"{now.width}×{now.height}"
    st.caption(
        f":material/videocam: {size} · {now.frames_per_second:.0f} 帧/秒 · {now.kbit_per_second:.0f} kbit/s · "
        f":material/fiber_manual_record: {word}"
    )


def _capture(desk: Desk, actor: Actor, ticket: Ticket, slot: str) -> None:
    try:
        jpeg, meta = call.still(ticket)
        add_capture(desk, actor, ticket.id, ticket.fence, slot, jpeg, "image/jpeg", meta)
    except DeskError as error:
        state.say(error.text)


def captures(desk: Desk, actor: Actor, ticket: Ticket) -> None:
    """Three stills and the head clip, each with what was taken and a way to take it again.

    The buttons act in callbacks: presses that come while a capture runs reach one rerun together, and each counts.
    """
    with desk.read(actor.firm_id) as work:
        taken = {e.slot: e for e in work.cases.evidence(ticket.case_id) if e.meta.get("ticket") == ticket.id}
    columns = st.columns(4)
    for column, (slot, title) in zip(columns, CAPTURES.items(), strict=False):
        with column:
            done = "✓ " if slot in taken else ""
            st.button(f"{done}截取{title}", key=f"take_{slot}", width="stretch",
                      on_click=_capture, args=(desk, actor, ticket, slot))  # fmt: skip
            if slot in taken:
                st.image(picture_url(desk, actor.firm_id, taken[slot]), width="stretch")
    with columns[3]:
        running = call.clip_running(ticket)
        label = "录制中…" if running else ("✓ 录制头部短视频" if HEAD_CLIP in taken else "录制头部短视频")
        st.button(label, key="take_clip", width="stretch", disabled=running,
                  on_click=call.record_clip, args=(desk, actor, ticket))  # fmt: skip


def script(desk: Desk, actor: Actor, member: StaffMember, ticket: Ticket, loaded: Loaded) -> None:
    """The script as a checklist; each tick is stored with its time."""
    values = {
        "firm": loaded.rules["firm"]["name"],
        "witness": member.name,
        "licence": member.licence,
        "business": loaded.business.title,
        "time": loaded.now.astimezone(SHANGHAI).strftime("%H:%M"),
        **_case_words(loaded),
    }

    def tick(key: str) -> None:
        try:
            mark_script(desk, actor, ticket.id, ticket.fence, key, passed=bool(st.session_state[f"script_{key}"]))
        except DeskError as error:
            state.say(error.text)

    for step in script_steps(loaded):
        if step["evidence"] != "mark":
            st.markdown(f":material/photo_camera: **{step['title']}**")
        else:
            st.checkbox(
                f"**{step['title']}**",
                value=step["key"] in script_marks(ticket),
                key=f"script_{step['key']}",
                on_change=tick,
                args=(step["key"],),
            )
        st.caption(notice.plain(_filled(step["staff"], values)))


def _case_words(loaded: Loaded) -> dict[str, str]:
    """What the script says about this case, and the action asked for in the head clip."""
    facts, rules = loaded.facts, loaded.rules
    level, lowest = exchanges.rating(facts)
    challenges = rules["witness_script"]["challenges"]
    chosen = challenges[int(loaded.case.id[:8], 16) % len(challenges)]
    return {
        "exchanges": names_of(facts.values("exchanges").get("chosen") or (), rules["exchanges"]),
        "level": level_name(level, lowest, rules["match_table"]),
        "challenge": str(chosen["text"]),
    }


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def facts(desk: Desk, actor: Actor, loaded: Loaded) -> None:
    """Masked until asked for; showing the whole is audited."""
    profile = loaded.facts.values("profile")
    if st.toggle("显示完整资料", key="reveal"):
        with desk.write(actor.firm_id) as work:
            work.personal_read(actor, f"case:{loaded.case.id}", "witness")
        rows = {
            "姓名": profile.get("name"),
            "身份证号": profile.get("id_number"),
            "手机": profile.get("phone"),
            "身份证地址": profile.get("id_address"),
            "有效期至": profile.get("valid_to"),
            "出生日期": profile.get("birth_date"),
            "职业": profile.get("occupation"),
        }
        for slot, title in SLOTS.items():
            for item in loaded.facts.slot(slot)[-1:]:
                st.image(picture_url(desk, actor.firm_id, item), caption=title)
    else:
        rows = {
            "姓名": mask_name(str(profile.get("name", ""))),
            "身份证号": mask_id(str(profile.get("id_number", ""))),
            "手机": mask_phone(str(profile.get("phone", ""))),
        }
    for title, value in rows.items():
        st.markdown(f"{title}：**{notice.plain(str(value or '—'))}**")


def decide(desk: Desk, actor: Actor, ticket: Ticket, loaded: Loaded) -> None:
    """Pass, reject with reasons, or put the customer back to the head of the queue."""

    def act(kind: str, codes: Sequence[str] = (), text: str = "", internal: str = "") -> None:
        try:
            if kind == "pass":
                pass_witness(desk, actor, ticket.id, ticket.fence)
            elif kind == "reject":
                reject_witness(desk, actor, ticket.id, ticket.fence, codes, text, internal)
            else:
                release_call(desk, actor, ticket.id, ticket.fence)
            call.end(ticket.id)
            state.say({"pass": "已通过。", "reject": "已驳回。"}.get(kind, "客户已回到队首。"))
        except DeskError as error:
            state.say(error.text)
            st.session_state["witness_refused"] = error.text

    if "witness_refused" in st.session_state:
        notice.refusal(st.session_state.pop("witness_refused"))
    with st.container(horizontal=True):
        st.button("通过", key="witness_pass", type="primary", on_click=act, args=("pass",))
        st.button("退回队首", key="witness_release", on_click=act, args=("release",))
    with desk.read(actor.firm_id) as work:
        missing = missing_proofs(load(work, loaded.case.id), ticket)
    if missing:
        st.caption(f"还缺 {len(missing)} 项：{'、'.join(missing)}")
    with st.expander("驳回", icon=":material/assignment_return:"):
        reject_form(loaded.rules, "witness", "witness", lambda c, t, i: act("reject", c, t, i))
