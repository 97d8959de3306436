"""Notices: one box for each thing a page has to say, all of them plain text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import state
from pages.parts.language import _, catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")


def plain(text: str) -> str:
    """`text` in the visitor's language, which Markdown shows as it stands: no text brings links or markup."""
    return _MARKS.sub(r"\\\1", _(text)).replace("\n", "  \n")


def show_said() -> None:
    """Show the message of the last run, once."""
    text = st.session_state.pop(state.Key.SAID, None)
    if text:
        st.toast(_(text))


def _listed(texts: Sequence[str]) -> str:
    return plain(texts[0]) if len(texts) == 1 else "\n".join(f"- {plain(text)}" for text in texts)


def refusal(text: str) -> None:
    """Something cannot be done now: `text` says why and what to do."""
    st.warning(plain(text), icon=":material/block:")


def field_error(text: str) -> None:
    """What is wrong with the field just above."""
    icon = '<span class="jz-icon" aria-hidden="true">error</span>'
    st.html(f'<p class="jz-field-error" role="alert">{icon} {escape(_(text))}</p>')


def field_errors(errors: Mapping[str, str], labels: Mapping[str, str] | None = None) -> None:
    """The list of all mistakes of a form, above it: field name -> sentence, with the fields' Chinese labels.

    Shows nothing when there are no errors.
    """
    if not errors:
        return
    named = labels or {}
    lines = [
        _("{field}：{text}").format(field=_(named[name]), text=_(text)) if name in named else _(text)
        for name, text in errors.items()
    ]
    listed = "\n".join(f"- {plain(line)}" for line in lines)
    st.error(
        _("还有 {count} 处需要填写或修改：\n\n{listed}").format(count=len(lines), listed=listed),
        icon=":material/error:",
    )


def rejected(reasons: Sequence[str]) -> None:
    """Why staff sent the step back, above everything else of it. Shows nothing without reasons."""
    if reasons:
        st.warning(_("这一步被退回，请按下面的说明修改：\n\n") + _listed(reasons), icon=":material/assignment_return:")


def chinese_counts() -> None:
    """Beside an agreement, for whoever does not read Chinese: which text counts."""
    if catalogue():
        st.info(_("协议以中文文本为准。"), icon=":material/translate:")


def empty_state(text: str) -> None:
    """What would stand here, where there is nothing yet."""
    icon = '<span class="jz-icon" aria-hidden="true">inbox</span>'
    st.html(f'<div class="jz-empty">{icon}<p>{escape(_(text))}</p></div>')


def demo_banner(codes: Sequence[tuple[str, str]]) -> None:
    """In demo mode, the text messages that would have been sent: (masked phone, text or code), newest first."""
    lines = [_("演示环境：短信不会发出，内容显示在这里。"), *(f"{phone}　{code}" for phone, code in codes)]
    st.info("  \n".join(plain(line) for line in lines), icon=":material/science:")
