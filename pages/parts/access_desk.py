"""准入条件 for staff: what speaks for each condition, who decided what, the online tests question by question."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import DeskError
from core.rules.access import DECISIONS
from core.rules.knowledge_test import Attempt, Drawn, is_right
from core.steps.access import TEST, Standing
from core.steps.exchanges import access_of, access_problem
from core.usecases.read_case import CaseFile
from pages.parts import acting, clock_words, notice
from pages.parts.fact_table import cell, fact_table, unusual
from pages.parts.language import _

Decide = Callable[[str, str, str], None]
"""Requirement, decision, note; raises `DeskError` when it is refused."""
_ICONS = {"met": "check", "not_met": "close", "exempt": "shield"}


def standings(file: CaseFile) -> tuple[Standing, ...]:
    """The conditions of the case's saved choice."""
    return access_of(file.loaded.facts, file.loaded.rules, file.loaded.now)


def problem(file: CaseFile) -> str:
    """Why the conditions keep the case from being approved; empty when they do not."""
    return access_problem(file.loaded.facts, file.loaded.rules, file.loaded.now)


def show_decisions(file: CaseFile, decide: Decide) -> None:
    """One block for each condition with its three decisions; nothing when the choice has none."""
    found = standings(file)
    if not found:
        return
    with st.container(key="card-access"):
        st.markdown(f"**{notice.plain(_title(file))}**")
        for each in found:
            _block(file, each, decide)


def _title(file: CaseFile) -> str:
    return str(file.loaded.rules["access_rules"]["title"])


def _block(file: CaseFile, standing: Standing, decide: Decide) -> None:
    due = standing.requirement
    st.markdown(f"**{notice.plain(due.title)}**　{notice.plain(due.text)}")
    st.caption(notice.plain(_grounds(standing, file)))
    if standing.decision:
        mark = unusual if standing.decided == "not_met" else cell
        st.markdown(mark(_decided(file, standing)))
    note = f"access_note_{due.key}"
    st.text_input(
        _("依据"), key=note, max_chars=500, placeholder=_("未达到、豁免时必须填写"), label_visibility="collapsed"
    )
    acting.field_error(note)
    with st.container(horizontal=True):
        for decision, label in DECISIONS.items():
            st.button(
                label, key=f"access_{due.key}_{decision}", icon=f":material/{_ICONS[decision]}:",
                on_click=_press, args=(decide, due.key, decision, note),
            )  # fmt: skip


def _press(decide: Decide, requirement: str, decision: str, note: str) -> None:
    """A refusal stands under the note; what was decided needs its note no longer."""
    try:
        decide(requirement, decision, str(st.session_state.get(note) or ""))
    except DeskError as error:
        acting.fail({note: error.text})
    else:
        acting.fail({})
        st.session_state[note] = ""


def _grounds(standing: Standing, file: CaseFile) -> str:
    """What the customer brought or claims, and what is on file."""
    due, said = standing.requirement, []
    if standing.test:
        title = file.loaded.rules[TEST]["title"]
        said.append(
            _("{title} {body} 分（{promise}）").format(
                title=title, body=standing.test.body["points"], promise=clock_words.promise(standing.test.created_at)
            )
        )
    if standing.pictures:
        said.append(_("客户上传 {count} 张").format(count=len(standing.pictures)))
    if standing.claim:
        said.append(_("客户申请豁免：{text}").format(text=standing.claim.text))
    said += [_("资料显示：{text}").format(text=each.text) for each in due.exemptions if each.on_file]
    return _("；").join(said) if said else _("客户没有提供材料，请在公司系统核对。")


def _decided(file: CaseFile, standing: Standing) -> str:
    proof = standing.decision
    assert proof is not None
    name = file.names.get(f"staff:{proof.body['staff']}", "")
    words = [DECISIONS[standing.decided], str(proof.body["note"]), name, clock_words.exact(proof.created_at)]
    return " · ".join(word for word in words if word)


def show_table(file: CaseFile) -> None:
    """The conditions and their decisions, to be read only."""
    rows = []
    for each in standings(file):
        said = _decided(file, each) if each.decision else _("还没有决定")
        rows.append((each.requirement.title, unusual(said) if each.decided in {"", "not_met"} else cell(said)))
    if rows:
        fact_table(_title(file), rows, _("决定"))


def show_tests(file: CaseFile) -> None:
    """Every online test of the case with its questions, the options that were chosen and when."""
    for number, attempt in enumerate(file.tests, 1):
        title = str(file.loaded.rules[TEST]["title"])
        with st.expander(f"{notice.plain(title)} {number}　{notice.plain(_result(attempt))}"):
            begun = _("开始 {exact}　题库版本 {version}").format(
                exact=clock_words.exact(attempt.started_at), version=attempt.version
            )
            ended = _("　结束 {exact}").format(exact=clock_words.exact(attempt.ended_at)) if attempt.ended_at else ""
            st.caption(notice.plain(begun + ended))
            fact_table(_("题目"), [(q.text, _answer(q, attempt)) for q in attempt.questions], _("客户的选择"))


def _result(attempt: Attempt) -> str:
    if attempt.ended_at is None:
        return _("正在答题")
    took = clock_words.span(attempt.ended_at - attempt.started_at)
    return _("{points} 分，{value}，用时 {took}").format(
        points=attempt.points, value=_("通过") if attempt.passed else _("未通过"), took=took
    )


def _answer(question: Drawn, attempt: Attempt) -> str:
    given, texts = attempt.answers.get(question.key), dict(question.options)
    if given is None:
        return unusual(_("没有作答"))
    at = f"{texts[given.option]}　{clock_words.exact(given.at)}"
    return (
        cell(at)
        if is_right(question, attempt.answers)
        else unusual(_("{at}　正确答案：{texts}").format(at=at, texts=texts[question.right]))
    )
