"""The online test within the exchange step: the offer with its last result, one question at a time, handing in.

The firm calls its test what it likes (`title`). Time is the server's: the clock counts down, the use case decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.errors import DeskError
from core.rules.knowledge_test import Asked, KnowledgeRules
from core.steps.access import TEST
from core.usecases.knowledge_test import Outcome, Sheet, Standing, choose_option, hand_in, reuse_result, start_test
from pages.parts import clock_words, notice, state
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView

_STARTING, _ENDING = "start_test", "end_test"
RESULT = "test_result"
"""Key of the place where the result stands, so that it can be brought into view."""
_LATE = "答题时间已到，已按保存的答案计分。"


def _body(view: StepView) -> Mapping[str, Any]:
    body: Mapping[str, Any] = view.loaded.rules[TEST]
    return body


def _act(act: Callable[[], object]) -> object:
    """Run a use case from a callback; a refusal is said."""
    try:
        return act()
    except DeskError as error:
        state.say(error.text)
        return None
    finally:
        state.drop(Key.ASKING)


# -- the offer
def offer(view: StepView, standing: Standing, label: str, keep: Callable[[], object]) -> None:
    """How the last test went, and the way into another one when one can begin.

    `keep` stores what is ticked on the page, which the test replaces.
    """
    if standing.last:
        with st.container(key=RESULT):
            _result(view, standing.last)
    if standing.last and standing.last.passed and standing.refusal:
        return
    if standing.earlier:
        _earlier(view, standing.earlier)
    if standing.refusal:
        st.caption(notice.plain(standing.refusal))
    elif state.get(Key.ASKING) == _STARTING:
        _ask_start(view, keep)
    else:
        st.button(label, key="test_open", icon=":material/quiz:", on_click=state.put, args=(Key.ASKING, _STARTING))
        st.caption(_("还可以答题 {left} 次。").format(left=standing.left))


def _ask_start(view: StepView, keep: Callable[[], object]) -> None:
    body = _body(view)
    rules = KnowledgeRules.of(body)
    numbers = {**rules.questions, "points": rules.points, "pass": rules.pass_points}
    minutes = int(rules.length.total_seconds() // 60)
    st.markdown(notice.plain(body["intro"].format_map(numbers | {"minutes": minutes})))

    def start() -> None:
        state.drop(Key.TEST_QUESTION)
        _act(keep)
        _act(lambda: start_test(view.desk, view.actor, view.case_id))

    with st.container(horizontal=True):
        st.button(_("开始答题"), key="test_start", type="primary", on_click=start)
        st.button(_("暂不开始"), key="test_not_now", on_click=state.drop, args=(Key.ASKING,))


def _earlier(view: StepView, earlier: Outcome) -> None:
    """A pass of an earlier case counts here as well, when the customer wants it to."""
    label = _("使用 {promise} 的结果（{points} 分）").format(
        promise=clock_words.promise(earlier.ended_at), points=earlier.points
    )
    st.button(label, key="test_reuse", icon=":material/history:",
              on_click=_act, args=(lambda: reuse_result(view.desk, view.actor, view.case_id),))  # fmt: skip


def _result(view: StepView, last: Outcome) -> None:
    """Points and what to read up; never which option was right."""
    title = _(_body(view)["title"])
    when = clock_words.promise(last.ended_at)
    if last.passed:
        day = last.holds_until
        until = _("{day.year}年{day.month}月{day.day}日").format(day=day)
        st.success(
            _("{title}已通过：{points} 分（{when}），{until}前有效，不需要上传成绩报告单。").format(
                title=title, points=last.points, when=when, until=until
            )
        )
    else:
        st.warning(
            _("{title}没有通过：{points} 分（{when}）。已填写的内容都会保留。").format(
                title=title, points=last.points, when=when
            )
        )
    if last.topics:
        with st.expander(_("答错的题涉及这些内容")):
            st.markdown(
                "\n".join(
                    _("- **{label}**：{hint}").format(label=notice.plain(label), hint=notice.plain(hint))
                    for label, hint in last.topics
                )
            )


# -- the test
def show_test(view: StepView, sheet: Sheet) -> None:
    """One question at a time; every answer is kept at once."""
    at, total = _position(sheet), len(sheet.questions)
    _clock(view, sheet)
    st.progress(
        (at + 1) / total,
        _("第 {at} 题，共 {total} 题　已答 {count} 题").format(at=at + 1, total=total, count=len(sheet.answers)),
    )
    if state.get(Key.ASKING) == _ENDING:
        _ask_end(view, sheet)
    else:
        _question(view, sheet, sheet.questions[at])
        _ways(sheet, at)


def _question(view: StepView, sheet: Sheet, question: Asked) -> None:
    keys, texts = [key for key, _ in question.options], dict(question.options)
    with st.container(key="card-question"):
        st.caption(notice.plain(_body(view)["kinds"][question.kind]))
        name = f"test_{sheet.id[:8]}_{question.key}"
        saved = sheet.answers.get(question.key)
        st.radio(
            notice.plain(question.text), keys, format_func=lambda key: notice.plain(texts[key]), key=name,
            index=keys.index(saved) if saved in keys else None, on_change=_keep, args=(view, sheet, question.key, name),
        )  # fmt: skip


def _position(sheet: Sheet) -> int:
    """The question looked at; after a reload the first one without an answer."""
    test, at = state.get(Key.TEST_QUESTION) or ("", 0)
    if test == sheet.id:
        return int(at)
    return (_open(sheet) or [0])[0]


def _open(sheet: Sheet) -> list[int]:
    """Places of the questions without an answer."""
    return [at for at, question in enumerate(sheet.questions) if question.key not in sheet.answers]


def _go(sheet: Sheet, at: int) -> None:
    state.put(Key.TEST_QUESTION, (sheet.id, at))
    state.drop(Key.ASKING)


def _ways(sheet: Sheet, at: int) -> None:
    last = at == len(sheet.questions) - 1
    with st.container(key="actions", horizontal=True):
        if at:
            st.button(_("上一题"), key="test_back", on_click=_go, args=(sheet, at - 1))
        if not last:
            st.button(_("下一题"), key="test_next", type="primary", on_click=_go, args=(sheet, at + 1))
        kind = "primary" if last else "secondary"
        st.button(_("交卷"), key="test_end", type=kind, on_click=state.put, args=(Key.ASKING, _ENDING))


def _ask_end(view: StepView, sheet: Sheet) -> None:
    """Handing in names what was left out and leads there."""
    left = _open(sheet)
    with st.container(key="card-end"):
        if left:
            places = _("、").join(str(at + 1) for at in left)
            st.markdown(_("第 {places} 题还没有作答，未作答的题不得分。").format(places=places))
        st.markdown(_("交卷后不能再修改答案。"))

        def end() -> None:
            _act(lambda: hand_in(view.desk, view.actor, view.case_id, sheet.id))
            state.put(Key.PLACE, (RESULT, sheet.id))

        with st.container(horizontal=True):
            st.button(_("确认交卷"), key="test_hand_in", type="primary", on_click=end)
            back = left[0] if left else _position(sheet)
            st.button(_("继续答题"), key="test_go_on", on_click=_go, args=(sheet, back))


def _keep(view: StepView, sheet: Sheet, question: str, name: str) -> None:
    option = st.session_state.get(name)
    state.put(Key.TEST_QUESTION, (sheet.id, _position(sheet)))
    if option and _act(lambda: choose_option(view.desk, view.actor, view.case_id, sheet.id, question, option)) is False:
        state.say(_LATE)


@st.fragment(run_every="10s", key="test_clock")
def _clock(view: StepView, sheet: Sheet) -> None:
    """The time that is left, every ten seconds; at its end the page asks the server for the result."""
    left = sheet.due_at - view.desk.clock()
    if left.total_seconds() <= 0:
        state.say(_LATE)
        state.put(Key.PLACE, (RESULT, sheet.id))
        st.rerun()
    icon = ":material/timer:" if left.total_seconds() > 300 else ":orange[:material/alarm:]"
    st.markdown(_("{icon} 剩余 **{left}**").format(icon=icon, left=clock_words.span(left)))
