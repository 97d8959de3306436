"""Editor of one agreement in an own draft: text at the left, the very PDF at the right, conditions and checks below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.actor import Actor
from core.errors import BadFile, DeskError
from core.ports import Desk
from core.records_rules import RuleDraft
from core.rules.agreement_text import Remark, Weight
from core.usecases.agreement_desk import Book, Change, import_word, preview_agreement, put_agreement
from pages.parts import acting, notice, previews, state
from pages.parts.agreement_form import (
    condition_fields,
    fill,
    name_fields,
    refill,
    term_fields,
    text_field,
    written_row,
    written_terms,
)
from pages.parts.components.pdf_view import pdf_view
from pages.parts.language import _

LOST = "ag_lost"
WORD_MB = 5


def editor(
    desk: Desk, actor: Actor, book: Book, draft: RuleDraft, row: Mapping[str, Any], change: Change | None
) -> None:
    """Draw the editor of `row`; `change` is what the draft does to it so far."""
    is_new = not any(entry.code == row["code"] for entry in book.entries)
    fill(f"{draft.id}|{row['code']}", row, draft.content, book.today)
    name_fields(row, is_new)
    left, right = st.columns(2)
    with left:
        text_field(book)
        _word(desk, actor)
    with right:
        show_preview(desk, actor, st.session_state["ag_title"], st.session_state["ag_text"], row["code"],
                     st.session_state["ag_version"])  # fmt: skip
    st.subheader(_("适用范围"))
    condition_fields(book)
    st.subheader(_("生效"))
    term_fields(book.today)
    with st.container(horizontal=True):
        st.button(_("保存草稿"), key="ag_save", on_click=_save, args=(desk, actor, draft, row))
        st.button(
            _("保存并查看修改"), key="ag_done", type="primary", on_click=_save, args=(desk, actor, draft, row, True)
        )
    if change:
        st.caption(_("以下是上次保存时的检查结果。"))
        remarks(change.remarks)


def _save(desk: Desk, actor: Actor, draft: RuleDraft, row: Mapping[str, Any], done: bool = False) -> None:
    new = written_row(row)
    if not new["code"]:
        acting.fail({"desk": _("请填写代码。")})
        return
    if acting.attempt(lambda: put_agreement(desk, actor, draft, new, written_terms()), _("已保存草稿。")):
        if done:
            st.query_params.pop("agreement", None)
        else:
            st.query_params["agreement"] = new["code"]
        st.session_state.pop(LOST, None)
        refill()


def _word(desk: Desk, actor: Actor) -> None:
    """A Word file into the text field; nothing is saved by it."""
    with st.expander(_("从 Word 文件导入")):
        st.caption(
            _("只支持 .docx，最大 {word_mb} MB。导入后正文会被替换，检查无误再保存草稿。").format(word_mb=WORD_MB)
        )
        file = st.file_uploader(_("Word 文件"), type="docx", key="ag_word", max_upload_size=WORD_MB)
        data = file.getvalue() if file else b""
        st.button(_("导入到正文"), key="ag_import", disabled=not data, on_click=_import, args=(desk, actor, data))
        lost: Sequence[str] = st.session_state.get(LOST, ())
        if lost:
            st.warning("\n".join(f"- {notice.plain(line)}" for line in lost), icon=":material/info:")


def _import(desk: Desk, actor: Actor, data: bytes) -> None:
    try:
        found = import_word(desk, actor, data)
    except BadFile as error:
        st.session_state[LOST] = (error.text,)
        return
    st.session_state["ag_text"] = found.text
    st.session_state[LOST] = found.lost or (_("全部内容都已导入，没有丢失。"),)
    state.say(_("已导入到正文，尚未保存。"))


def show_preview(desk: Desk, actor: Actor, title: str, text: str, code: str, version: str) -> None:
    """The PDF that a customer would get, with invented values."""
    try:
        made = preview_agreement(desk, actor, title, text, code, version)
    except DeskError as error:
        notice.refusal(_("暂时不能预览。{text}").format(text=error.text))
        return
    st.caption(_("预览：共 {pages} 页，变量为虚构的样张内容。改动后点击别处即更新。").format(pages=made.pages))
    pdf_view("ag_preview", url=previews.keep(actor, made.pdf), title=_("《{title}》样张预览").format(title=title))


def remarks(found: Sequence[Remark]) -> None:
    """Errors, then warnings."""
    errors = [each.said for each in found if each.weight is Weight.ERROR]
    warnings = [each.said for each in found if each.weight is Weight.WARNING]
    if errors:
        lines = "\n".join(f"- {notice.plain(line)}" for line in errors)
        st.error(_("必须修改 {count} 处：\n\n{lines}").format(count=len(errors), lines=lines), icon=":material/error:")
    if warnings:
        lines = "\n".join(f"- {notice.plain(line)}" for line in warnings)
        st.warning(
            _("请再看一看 {count} 处：\n\n{lines}").format(count=len(warnings), lines=lines), icon=":material/warning:"
        )
    if not found:
        st.success(_("检查没有发现问题。"), icon=":material/check_circle:")
