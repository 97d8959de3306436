"""The witness script beside the picture: a checklist, the drawn question with its answer, the challenge, the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.actor import Actor
from core.call_notes import challenge_of, code_state
from core.errors import DeskError
from core.ports import Desk
from core.records import StaffMember, Ticket
from core.rules.calendar import SHANGHAI
from core.rules.exchanges import names_of
from core.rules.suitability import level_name
from core.steps import exchanges
from core.steps.photos import assistance_words
from core.steps.witness import CAPTURES, HEAD_CLIP
from core.usecases.call_script import CODE_STEP, draw_question, mark_answer, question_of, send_call_code
from core.usecases.loading import Loaded
from core.usecases.serve_customer import mark_script, script_marks, script_steps
from pages.parts import notice, state
from pages.parts.language import _

UNDRAWN = "（开始录制时由系统抽取）"
CODE_WORDS = {
    "none": "也可以向客户手机发送验证码，由客户输入在自己的页面上。",
    "sent": "验证码已发送，请客户输入在自己的页面上，不要念出来。",
    "right": ":material/check: 客户已输入正确的验证码。",
}


@dataclass(frozen=True)
class Talk:
    """One call as its witness leads it; `ticket` is as it stands now."""

    desk: Desk
    actor: Actor
    member: StaffMember
    ticket: Ticket
    loaded: Loaded

    def do(self, act: Callable[..., Any], **values: Any) -> None:
        """Run a use case on this call from a callback; a refusal is said at once, wherever the script stands."""
        try:
            act(self.desk, self.actor, self.ticket.id, self.ticket.fence, **values)
        except DeskError as error:
            state.say(error.text)


def script(talk: Talk) -> None:
    """The script as a checklist; each tick is stored with its time."""
    words, marks = _words(talk), script_marks(talk.ticket)
    done = sum(1 for step in _ticked(talk) if step["key"] in marks)
    st.progress(done / len(_ticked(talk)), _("已完成 {done} / {count} 项").format(done=done, count=len(_ticked(talk))))
    for step in script_steps(talk.loaded):
        _step(talk, step, ticked=step["key"] in marks)
        st.caption(notice.plain(_filled(step["staff"], words)))
        if step.get("random_questions"):
            _question(talk)
        if step["key"] == CODE_STEP:
            _code(talk)


def _ticked(talk: Talk) -> list[Mapping[str, Any]]:
    return [step for step in script_steps(talk.loaded) if step["evidence"] == "mark"]


def _step(talk: Talk, step: Mapping[str, Any], *, ticked: bool) -> None:
    key = f"script_{step['key']}"

    def tick() -> None:
        talk.do(mark_script, step=step["key"], passed=bool(st.session_state[key]))

    if step["evidence"] != "mark":
        icon = "photo_camera" if step["evidence"] in {*CAPTURES, HEAD_CLIP} else "flag"
        st.markdown(f":material/{icon}: **{_(step['title'])}**")
    else:
        if key not in st.session_state or (ticked and not st.session_state[key]):
            # The server ticks too (the phone, once the code was right). Never set back: a press may be on its way.
            st.session_state[key] = ticked
        st.checkbox(f"**{_(step['title'])}**", key=key, on_change=tick)


def _question(talk: Talk) -> None:
    """The question that the server drew; its answer stays hidden until the witness wants to see it."""
    now = question_of(talk.loaded, talk.ticket)
    with st.container(key="card-question"):
        if now is None:
            st.button(_("抽取随机问题"), key="draw_question", icon=":material/casino:",
                      on_click=talk.do, args=(draw_question,))  # fmt: skip
            return
        result = {None: "", True: _("　:green[答对]"), False: _("　:red[答错]")}[now.right]
        st.markdown(_("随机问题：**{text}**{result}").format(text=notice.plain(now.text), result=result))
        if st.toggle(_("显示答案"), key=f"answer_{now.key}", on_change=_read, args=(talk,)):
            st.markdown(_("应答：{answer}").format(answer=notice.plain(now.answer)))
        with st.container(horizontal=True):
            for label, right in ((_("答对"), True), (_("答错"), False)):
                st.button(label, key=f"answer_{'right' if right else 'wrong'}",
                          on_click=talk.do, args=(mark_answer,), kwargs={"right": right})  # fmt: skip
            st.button(_("换一题"), key="draw_question", type="tertiary", on_click=talk.do, args=(draw_question,))


def _read(talk: Talk) -> None:
    with talk.desk.write(talk.actor.firm_id) as work:
        work.personal_read(talk.actor, f"case:{talk.loaded.case.id}", "question")


def _code(talk: Talk) -> None:
    standing = code_state(talk.ticket)
    st.caption(CODE_WORDS[standing])
    if standing != "right":
        label = _("重新发送验证码") if standing == "sent" else _("发送验证码")
        st.button(label, key="send_call_code", on_click=talk.do, args=(send_call_code,))


def _words(talk: Talk) -> dict[str, str]:
    """What the script says about this firm, witness and case."""
    facts, rules = talk.loaded.facts, talk.loaded.rules
    level, lowest = exchanges.rating(facts)
    return {
        "firm": rules["firm"]["name"],
        "witness": talk.member.name,
        "licence": talk.member.licence,
        "business": talk.loaded.business.title,
        "time": talk.loaded.now.astimezone(SHANGHAI).strftime("%H:%M"),
        "exchanges": names_of(facts.values("exchanges").get("chosen") or (), rules["exchanges"]),
        "level": level_name(level, lowest, rules["match_table"]),
        "beside": assistance_words(facts),
        "challenge": challenge_of(talk.ticket).get("text", UNDRAWN),
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
