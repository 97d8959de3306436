"""Help beside a step: its topics, a search through all of them, the picture of the business, the hotline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.rules.help_topics import search_topics, topics_beside
from core.usecases.loading import Loaded
from pages.parts import notice, state
from pages.parts.flow_picture import flow_picture
from pages.parts.language import _, dialog
from pages.parts.state import Key


def hotline(number: str) -> None:
    """Whom to call (R046)."""
    st.markdown(_(":material/call: 服务热线：{number}").format(number=notice.plain(number)))


def show_topics(topics: Sequence[Mapping[str, Any]], number: str) -> None:
    """The topics, each to be opened; without any what to do instead."""
    for topic in topics:
        with st.expander(_(topic["title"])):
            st.markdown(_(topic["text"]))
    if not topics:
        notice.empty_state(_("没有找到相关内容。请换一个词再搜索，或直接拨打服务热线，工作人员会帮您。"))
    hotline(number)


def find_topics(words: str, topics: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The topics that fit, looked for in the visitor's language."""
    return search_topics(words, [{**topic, "title": _(topic["title"]), "text": _(topic["text"])} for topic in topics])


def help_button(step: str) -> None:
    """需要帮助？, which opens the help of this step in the run's `show_help`."""
    ask = {"on_click": state.put, "args": (Key.HELP, step)}
    st.button(_("需要帮助？"), key="help_open", type="tertiary", icon=":material/help:", **ask)


def show_help(loaded: Loaded, step: str, states: Mapping[str, str]) -> None:
    """The dialog, when it was asked for at this step; `states` says how each step stands (as in StepState)."""
    if state.get(Key.HELP) == step:
        _dialog(loaded, step, states)


@dialog("需要帮助？", on_dismiss=lambda: state.drop(Key.HELP))
def _dialog(loaded: Loaded, step: str, states: Mapping[str, str]) -> None:
    topics, number = loaded.rules["help"]["topics"], loaded.rules["firm"]["hotline"]
    words = st.text_input(_("搜索帮助"), key="help_words", placeholder=_("例如：摄像头、验证码、证书")).strip()
    show_topics(find_topics(words, topics) if words else topics_beside(step, topics), number)
    with st.expander(_("业务流程：我办到哪一步了"), icon=":material/account_tree:"):
        st.html(flow_picture([(_(str(each.phase)), _(each.title), states[each.key]) for each in loaded.plan]))
