"""适当性评估."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.rules.suitability import level_name, matching_risks
from core.steps.exchanges import investor_class
from core.usecases.answer_step import answer_step
from core.usecases.investor_class import BASES, how_to_apply, threshold_words
from pages.parts import notice, state
from pages.parts.state import Key
from pages.parts.step import StepView


def _question(view: StepView, number: int, question: dict[str, Any], given: dict[str, list[str]]) -> None:
    options = {option["key"]: option["text"] for option in question["options"]}
    label = f"{number}. {question['text']}"
    key, saved = view.key(question["key"]), given.get(question["key"]) or []
    if question["choice"] == "multi":
        st.markdown(notice.plain(f"{label}（可多选）"))
        for code, text in options.items():
            st.checkbox(text, value=code in saved, key=f"{key}_{code}")
    else:
        codes = list(options)
        index = codes.index(saved[0]) if saved and saved[0] in codes else None
        st.radio(label, codes, format_func=options.get, index=index, key=key)
    view.show_error(question["key"])


def _answers(view: StepView) -> dict[str, list[str]]:
    found = {}
    for question in view.loaded.rules["questionnaire"]["questions"]:
        key = view.key(question["key"])
        if question["choice"] == "multi":
            found[question["key"]] = [
                o["key"] for o in question["options"] if st.session_state.get(f"{key}_{o['key']}")
            ]
        else:
            value = st.session_state.get(key)
            found[question["key"]] = [value] if value else []
    return found


def _result(view: StepView) -> None:
    values, table = view.loaded.facts.values("suitability"), view.loaded.rules["match_table"]
    level, lowest = str(values["level"]), bool(values["lowest"])
    st.success(f"您的评估结果：{level_name(level, lowest, table)}", icon=":material/insights:")
    meaning = table["lowest_meaning"] if lowest else next(r["meaning"] for r in table["levels"] if r["code"] == level)
    st.markdown(notice.plain(meaning))
    risks = matching_risks(level, lowest, investor_class(view.loaded.facts), table)
    names = {row["code"]: f"{row['code']} {row['name']}" for row in table["risks"]}
    st.markdown("与您匹配的产品风险等级：" + "、".join(names[risk] for risk in risks))
    st.caption("商品期货为 R3，金融期货和原油期货为 R4。")
    _professional(view)
    st.button("重新评估", key="again", type="tertiary", on_click=lambda: state.put(Key.ASKING, "again"))
    view.actions(view.forward)


def _professional(view: StepView) -> None:
    """How a customer on file applies for the other class; not asked for online."""
    if not view.loaded.case.customer_id:
        return
    if investor_class(view.loaded.facts) == "professional":
        st.markdown(":material/workspace_premium: 您是专业投资者。")
        return
    thresholds = view.loaded.rules["thresholds"]
    with st.expander("申请成为专业投资者", icon=":material/workspace_premium:"):
        for key, title in BASES.items():
            st.markdown(f"{title}：{threshold_words(thresholds[key])}。")
        st.markdown(notice.plain(how_to_apply(str(view.loaded.rules["firm"]["hotline"]))))


def draw(view: StepView) -> None:
    """The questions, then the result with its meaning."""
    if view.done and state.get(Key.ASKING) != "again":
        _result(view)
        return
    questionnaire = view.loaded.rules["questionnaire"]
    st.markdown(notice.plain(questionnaire["intro"]))
    if view.errors():
        st.error(f"还有 {len(view.errors())} 题需要回答。", icon=":material/error:")
    given = dict(view.values.get("answers") or {})
    for number, question in enumerate(questionnaire["questions"], 1):
        _question(view, number, question, given)

    def go_on() -> None:
        answers = {"answers": _answers(view)}
        checked = view.attempt(lambda: answer_step(view.desk, view.actor, view.case_id, "suitability", answers))
        if checked is not None:
            view.fail(checked.errors)
            if checked.ok:
                view.go("suitability")

    view.actions(go_on, label="提交评估")
