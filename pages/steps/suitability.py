"""适当性评估."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.rules.suitability import level_name, matching_risks
from core.steps.exchanges import investor_class
from core.usecases.answer_step import answer_step, keep_draft
from core.usecases.investor_class import BASES, how_to_apply, threshold_words
from pages.parts import notice, state, visitor
from pages.parts.language import _, spoken
from pages.parts.state import Key
from pages.parts.step import StepView

Question = Mapping[str, Any]
Given = Mapping[str, list[str]]


def _question(view: StepView, number: int, question: Question, given: Given) -> None:
    options = {option["key"]: option["text"] for option in question["options"]}
    label = f"{number}. {_(question['text'])}"
    key, chosen = view.key(question["key"]), given.get(question["key"]) or []
    if question["choice"] == "multi":
        st.markdown(notice.plain(_("{label}（可多选）").format(label=label)))
        for code, text in options.items():
            st.session_state.setdefault(f"{key}_{code}", code in chosen)
            st.checkbox(_(text), key=f"{key}_{code}")
    else:
        st.session_state.setdefault(key, next((code for code in chosen if code in options), None))
        st.radio(label, list(options), format_func=spoken(options), index=None, key=key)
    view.show_error(question["key"])


def _answer(view: StepView, question: Question, saved: Given) -> list[str]:
    """What is chosen on the screen, or was before for a question that is not on it."""
    key, held = view.key(question["key"]), st.session_state
    if question["choice"] != "multi":
        return ([held[key]] if held[key] else []) if key in held else saved.get(question["key"]) or []
    codes = [option["key"] for option in question["options"]]
    if not any(f"{key}_{code}" in held for code in codes):
        return saved.get(question["key"]) or []
    return [code for code in codes if held.get(f"{key}_{code}")]


def _answers(view: StepView) -> dict[str, list[str]]:
    """Every question that has an answer."""
    saved = view.values.get("answers") or {}
    found = {q["key"]: _answer(view, q, saved) for q in view.loaded.rules["questionnaire"]["questions"]}
    return {key: chosen for key, chosen in found.items() if chosen}


def _keep(view: StepView, given: Given) -> None:
    """Each answer is kept as soon as it is given, so that a reload or another device loses none."""
    if given != dict(view.values.get("answers") or {}):
        keep_draft(view.desk, view.actor, view.case_id, view.step.key, {"answers": given})


def _result(view: StepView) -> None:
    values, table = view.loaded.facts.values("suitability"), view.loaded.rules["match_table"]
    level, lowest = str(values["level"]), bool(values["lowest"])
    st.success(
        _("您的评估结果：{level_name}").format(level_name=_(level_name(level, lowest, table))),
        icon=":material/insights:",
    )
    meaning = table["lowest_meaning"] if lowest else next(r["meaning"] for r in table["levels"] if r["code"] == level)
    st.markdown(notice.plain(meaning))
    risks = matching_risks(level, lowest, investor_class(view.loaded.facts), table)
    names = {row["code"]: f"{row['code']} {row['name']}" for row in table["risks"]}
    st.markdown(_("与您匹配的产品风险等级：") + _("、").join(names[risk] for risk in risks))
    st.caption(_("商品期货为 R3，金融期货和原油期货为 R4。"))
    _professional(view)
    st.button(_("重新评估"), key="again", type="tertiary", on_click=_again)
    view.actions(view.forward)


def _again() -> None:
    state.put(Key.ASKING, "again")
    state.put(Key.QUESTION, 0)


def _submit(view: StepView) -> None:
    answers = {"answers": _answers(view)}
    checked = view.attempt(lambda: answer_step(view.desk, view.actor, view.case_id, view.step.key, answers))
    if checked is None:
        return
    view.fail(checked.errors)
    if checked.ok:
        state.drop(Key.QUESTION)
        view.go(view.step.key)
        return
    keys = [question["key"] for question in view.loaded.rules["questionnaire"]["questions"]]
    state.put(Key.QUESTION, min((keys.index(key) for key in checked.errors if key in keys), default=0))


def _turn(view: StepView, to: int, needed: str = "") -> None:
    """Show another question; going on needs an answer to the one that is shown."""
    if needed and needed not in _answers(view):
        view.fail({needed: _("请先回答这一题。")})
        return
    view.fail({})
    state.put(Key.QUESTION, to)
    state.put(Key.PLACE, ("question", secrets.token_hex(4)))


def _one_by_one(view: StepView, questions: list[Question], given: Given) -> None:
    """One question on the screen: in large text eighteen of them would be a very long page."""
    first_open = next((at for at, question in enumerate(questions) if question["key"] not in given), len(questions) - 1)
    at = min(state.get(Key.QUESTION, first_open), len(questions) - 1)
    state.put(Key.QUESTION, at)
    with st.container(key="question"):
        st.caption(_("第 {at} 题，共 {count} 题").format(at=at + 1, count=len(questions)))
        _question(view, at + 1, questions[at], given)
    back = (_("上一题"), lambda: _turn(view, at - 1)) if at else None
    if at == len(questions) - 1:
        view.actions(lambda: _submit(view), _("提交评估"), back)
    else:
        view.actions(lambda: _turn(view, at + 1, questions[at]["key"]), _("下一题"), back)


def _professional(view: StepView) -> None:
    """How a customer on file applies for the other class; not asked for online."""
    if not view.loaded.case.customer_id:
        return
    if investor_class(view.loaded.facts) == "professional":
        st.markdown(_(":material/workspace_premium: 您是专业投资者。"))
        return
    thresholds = view.loaded.rules["thresholds"]
    with st.expander(_("申请成为专业投资者"), icon=":material/workspace_premium:"):
        for key, title in BASES.items():
            st.markdown(
                _("{title}：{threshold_words}。").format(
                    title=title, threshold_words=_(threshold_words(thresholds[key]))
                )
            )
        st.markdown(notice.plain(how_to_apply(str(view.loaded.rules["firm"]["hotline"]))))


def draw(view: StepView) -> None:
    """The questions (one at a time in large text), then the result with its meaning."""
    if view.done and state.get(Key.ASKING) != "again":
        _result(view)
        return
    questionnaire = view.loaded.rules["questionnaire"]
    given = _answers(view)
    _keep(view, given)
    if visitor.large_text():
        _one_by_one(view, questionnaire["questions"], given)
        return
    st.markdown(notice.plain(questionnaire["intro"]))
    if view.errors():
        st.error(_("还有 {count} 题需要回答。").format(count=len(view.errors())), icon=":material/error:")
    for number, question in enumerate(questionnaire["questions"], 1):
        _question(view, number, question, given)
    view.actions(lambda: _submit(view), label=_("提交评估"))
