"""质量抽查: finished calls and reviews that were drawn, checked again by somebody else; results of each person."""

from __future__ import annotations

import streamlit as st

from core.permissions import Permission, holds
from core.records_watch import RESULTS, SAMPLED
from core.usecases.check_samples import MOST_NOTE, PersonResults, Quality, ToCheck, check_sample, quality
from pages.parts import acting, clock_words, notice, visitor, wiring
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _save(row: ToCheck, keys: list[str]) -> None:
    values, sample = st.session_state, row.sample.id
    met = {key: bool(values.get(f"met_{sample}_{key}")) for key in keys}
    result, note = str(values.get(f"result_{sample}") or ""), str(values.get(f"note_{sample}") or "")
    acting.attempt_form(lambda: check_sample(desk, actor, sample, result, met, note), _("已记录。"), f"{sample}_")


def _head(row: ToCheck) -> str:
    when = clock_words.exact(row.sample.done_at)
    return _("**{sampled}**　受理单 {number}　{done_by}　{when}").format(
        sampled=SAMPLED[row.sample.kind], number=row.number, done_by=notice.plain(row.done_by), when=when
    )


def _to_check(found: Quality, row: ToCheck) -> None:
    sample, questions = row.sample, found.questions[row.sample.kind]
    with st.container(key=f"card-{sample.id}"):
        st.markdown(_head(row))
        draw = sample.draw
        st.caption(_("抽中：随机数 {draw}，抽查比例 {draw_2}%").format(draw=draw["number"], draw_2=draw["share"]))
        if holds(actor, Permission.CASE_TRACE):
            st.page_link("staff/trace.py", label=_("受理单历史"), icon=":material/history:",
                         query_params={"case": sample.case_id})  # fmt: skip
        if row.own:
            st.caption(_("这是您自己办理的，请由另一位同事检查。"))
            return
        with st.form(f"form_{sample.id}", border=False):
            for key, text in questions:
                st.checkbox(text, key=f"met_{sample.id}_{key}")
            st.radio(_("结果"), list(RESULTS), format_func=lambda each: RESULTS[each], index=None, horizontal=True,
                     key=f"result_{sample.id}")  # fmt: skip
            acting.field_error(f"{sample.id}_result")
            st.text_area(_("发现的问题"), key=f"note_{sample.id}", max_chars=MOST_NOTE, height=80)
            acting.field_error(f"{sample.id}_note")
            st.form_submit_button(
                _("保存"), key=f"save_{sample.id}", on_click=_save, args=(row, [k for k, __ in questions])
            )


def _person(found: Quality, person: PersonResults) -> None:
    texts = dict(found.questions[person.kind])
    counts = [
        (RESULTS[result], cell(_("{count} 笔").format(count=count))) for result, count in sorted(person.results.items())
    ]
    missed = [
        (texts.get(key, key), cell(_("未达到 {count} 次").format(count=count)))
        for key, count in sorted(person.missed.items())
    ]
    fact_table(f"{person.name}　{SAMPLED[person.kind]}", [*counts, *missed])


def _checked(row: ToCheck) -> None:
    said = _("{head}　{results}　{checked_by} 检查").format(
        head=_head(row), results=RESULTS[row.sample.result], checked_by=notice.plain(row.checked_by)
    )
    note = f"  \n{notice.plain(row.sample.note)}" if row.sample.note else ""
    st.markdown(said + note)


st.title(_("质量抽查"))
acting.show_refusal()
found = quality(desk, actor)
waiting, results, checked = st.tabs([_("待检查 {count}").format(count=len(found.waiting)), _("每人结果"), _("已检查")])
with waiting:
    for each in found.waiting:
        _to_check(found, each)
    if not found.waiting:
        notice.empty_state(_("没有待检查的。完成的见证和复核按比例随机抽中后会出现在这里。"))
with results:
    for person in found.people:
        _person(found, person)
    st.caption(_("最近 90 天检查过的。"))
with checked:
    for each in found.checked:
        _checked(each)
