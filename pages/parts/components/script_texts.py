"""The Chinese texts in a component's script and markup, and the same script in the visitor's language.

A text is the whole of a string or template of the script, or what stands between two tags or in an attribute; `${…}`
stays as it is. So the files keep their Chinese, and the browser gets one language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_HAN = re.compile(r"[\u3400-\u9fff]")
_SCRIPT = re.compile(r'(?<![:\w])//[^\n]*|(?P<quote>["`])(?P<text>(?:(?!(?P=quote))[^\\]|\\.)*)(?P=quote)', re.DOTALL)
"""Comments, which may hold single quotes and backticks, or a string or template."""
_MARKUP = re.compile(r'>\s*(?P<between>[^<>]+?)\s*<|"(?P<text>[^"<>]*)"')


def _text(found: re.Match[str]) -> str:
    text = found["text"] or found.groupdict().get("between") or ""
    return text if _HAN.search(text) else ""


def _tokens(source: str) -> re.Pattern[str]:
    return _MARKUP if source.lstrip().startswith("<") else _SCRIPT


def texts_of_script(source: str) -> Iterator[str]:
    """Every Chinese text of a script, or of a piece of markup, which begins with a tag."""
    return filter(None, map(_text, _tokens(source).finditer(source)))


def translated(source: str, words: Mapping[str, str]) -> str:
    """`source` with its Chinese texts as `words` has them; the others stay."""

    def said(found: re.Match[str]) -> str:
        text = _text(found)
        if text not in words:
            return found[0]
        return found[0].replace(text, words[text] if found[0][0] == "`" else words[text].replace('"', "”"))

    return _tokens(source).sub(said, source)
