"""Staff pages through the router: open one, press, read its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).parents[2] / "pages"
Open = Callable[..., AppTest]


def calm(at: AppTest) -> AppTest:
    """The page without an exception."""
    assert not at.exception, [e.value for e in at.exception]
    return at


def words(at: AppTest) -> str:
    """Every text of the page but the style sheet."""
    kinds: list[Any] = [at.markdown, at.caption, at.title, at.subheader, at.warning, at.success, at.error, at.toast]
    texts = [str(element.value) for kind in kinds for element in kind]
    html = [str(element.proto.body) for element in at.get("html") if "<style>" not in element.proto.body]
    return "\n".join([*texts, *html, *(button.label for button in at.button)]).replace("\\", "")


def press(at: AppTest, key: str) -> AppTest:
    """Press a button."""
    return calm(at.button(key=key).click().run())
