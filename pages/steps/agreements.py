"""阅读相关协议."""

from __future__ import annotations

import streamlit as st

from core.agreements import Agreement, agreements_for
from core.steps.agreements import unread
from core.usecases.read_agreement import finish_agreement, open_agreement
from pages.parts import notice
from pages.parts.components.reader import reader
from pages.parts.language import _
from pages.parts.step import StepView


def _record(view: StepView, event: dict[str, object], code: str) -> None:
    """Hand a reading event to the server, which decides on its own clock."""
    if event["document"] != code:
        return
    if event["event"] == "opened":
        view.attempt(lambda: open_agreement(view.desk, view.actor, view.case_id, code))
        return
    problem: list[str] = []
    view.attempt(lambda: problem.append(finish_agreement(view.desk, view.actor, view.case_id, code)))
    if problem and problem[0] and event["event"] == "next":
        view.fail({code: problem[0]})
    elif event["event"] == "next":
        st.session_state["reading"] = None
        view.fail({})
    if event["event"] == "next":
        st.rerun()


def _reader(view: StepView, current: Agreement, left: set[str], total: int) -> None:
    """The document itself, above the list."""
    st.caption(_("已读 {total} 份，共 {total_2} 份").format(total=total - len(left), total_2=total))
    notice.chinese_counts()
    html = view.desk.papers.reading_html(current.text, current.values)
    event = reader(
        f"reader_{current.code}",
        document=current.code,
        title=_("《{title}》").format(title=_(current.title)),
        html=html,
        min_seconds=current.min_read_seconds,
        already_read=current.code not in left,
    )
    if event:
        _record(view, dict(event), current.code)
    view.show_error(current.code)


def draw(view: StepView) -> None:
    """The first unread document opens by itself; the list says what is read and opens any of them."""
    loaded = view.loaded
    documents = agreements_for("agreements", loaded.facts, loaded.rules, loaded.now)
    left = {d.code for d in unread(loaded.facts, loaded.rules, loaded.now)}
    chosen = st.session_state.get("reading")
    wanted = [d for d in documents if d.code == chosen] or [d for d in documents if d.code in left]
    if wanted:
        st.subheader(_("《{title}》").format(title=_(wanted[0].title)))
        _reader(view, wanted[0], left, len(documents))
    for document in documents:
        icon = "radio_button_unchecked" if document.code in left else "check_circle"
        word = _("待阅读") if document.code in left else _("已读")
        st.button(
            _(":material/{icon}: 《{title}》　{word}").format(icon=icon, title=_(document.title), word=word),
            key=f"open_{document.code}",
            type="tertiary",
            on_click=lambda code=document.code: st.session_state.update(reading=code),
        )
    st.checkbox(_("我已阅读并同意以上所有协议和业务规则内容"), key=view.key("agreed"), value=view.done)
    view.show_error("agreed")
    view.actions(lambda: view.save({"agreed": bool(st.session_state.get(view.key("agreed")))}))
