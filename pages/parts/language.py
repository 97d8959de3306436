"""The language of the interface: Chinese is the source, `pages/locales/en` its English. What is stored stays Chinese.

`_` costs a look into a dict, and in Chinese not even that, so every text of every run can pass through it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from typing import Any

import streamlit as st
from babel.messages.pofile import read_po
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.sentence import Sentence
from pages.parts import state
from pages.parts.state import Key

CATALOGUE = Path(__file__).parents[1] / "locales/en/LC_MESSAGES/jianzheng.po"
_CHINESE: Mapping[str, str] = {}
_words: ContextVar[Mapping[str, str] | None] = ContextVar("words", default=None)


@cache
def _english() -> Mapping[str, str]:
    """Chinese -> English; a text that is not translated for certain is left out and stays Chinese."""
    with CATALOGUE.open("rb") as file:
        found = read_po(file)
    return {str(m.id): str(m.string) for m in found if m.id and m.string and not m.fuzzy}


def in_english() -> bool:
    """Whether the visitor reads English: as switched in this visit, else as this browser keeps it."""
    if Key.LANGUAGE not in st.session_state:
        state.put(Key.LANGUAGE, "en" if st.context.cookies.get("jianzheng-language") == "en" else "zh")
    return bool(state.get(Key.LANGUAGE) == "en")


def choose_language() -> None:
    """Let the present run speak the visitor's language; the router does so at the start of every run."""
    _words.set(_english() if in_english() else _CHINESE)


def speak(language: str) -> None:
    """Let the present request or thread speak `language` (zh or en) where no page runs."""
    _words.set(_english() if language == "en" else _CHINESE)


def _chosen() -> Mapping[str, str]:
    """The words of a run that the router has not reached: a callback or a fragment."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return _CHINESE
    choose_language()
    return _words.get() or _CHINESE


def catalogue() -> Mapping[str, str]:
    """Chinese -> the language of the visitor; empty where that is Chinese."""
    words = _words.get()
    return _chosen() if words is None else words


def _(text: str) -> str:
    """`text` in the language of the visitor; without a translation, as of a firm's own text, `text` itself."""
    words = _words.get()
    if words is None:
        words = _chosen()
    if not words:
        return text
    if isinstance(text, Sentence):
        return _filled(text, words)
    return words.get(text, text)


def _filled(said: Sentence, words: Mapping[str, str]) -> str:
    template = words.get(said.template, said.template)
    return template.format(**{name: _(v) if isinstance(v, str) else v for name, v in said.values.items()})


def spoken(titles: Mapping[Any, str]) -> Callable[[Any], str]:
    """How a widget says its options: the title of each in the visitor's language."""
    return lambda key: _(titles[key])


def dialog(title: str, **options: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`st.dialog` for a module that is imported once: its title is translated when it opens."""

    def decorate(draw: Callable[..., None]) -> Callable[..., None]:
        @wraps(draw)
        def opened(*args: Any, **kwargs: Any) -> None:
            st.dialog(_(title), **options)(draw)(*args, **kwargs)

        return opened

    return decorate


def language_switch() -> None:
    """The switch in the head: it names the other language in that language."""
    other = "中文" if in_english() else "English"
    st.button(other, key="language", type="tertiary", icon=":material/translate:", on_click=_switch)


def _switch() -> None:
    state.put(Key.LANGUAGE, "zh" if in_english() else "en")
    choose_language()
