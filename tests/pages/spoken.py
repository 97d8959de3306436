"""What a page says, in all of its elements: every string of what Streamlit sends to the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

SILENT = {"id", "key", "formId", "sessionId", "jsContent", "cssContent", "htmlContent", "urlPathname", "icon"}
CHINESE = re.compile(r"[\u3400-\u9fff][^\n<>\"|]*")


def _strings(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, str) and key not in SILENT:
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, key)


def said(at: AppTest) -> Iterator[str]:
    """Every text that the page sends, but the style sheet and the scripts of components."""
    for element in at:
        proto = getattr(element, "proto", None)
        if proto is not None and not isinstance(element, Block):
            yield from (text for text in _strings(MessageToDict(proto)) if "<style>" not in text)
        elif proto is not None:
            yield from _strings(MessageToDict(proto))


def chinese_left(at: AppTest, *names: str) -> set[str]:
    """The Chinese that a page says, but for `names`: of people, firms, branches and files."""
    found = set()
    for text in said(at):
        for name in names:
            text = text.replace(name, "")  # noqa: PLW2901
        found |= {piece.strip() for piece in CHINESE.findall(text)}
    return found
