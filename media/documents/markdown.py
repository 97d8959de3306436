"""Agreements as staff write them: a small part of Markdown and {{变量}}, read into blocks that hold plain text.

Known are headings, paragraphs, numbered and plain lists, tables, quotes, rules, line breaks and **bold**. All else
is text: links, images, HTML and code mean nothing here. Values are put in after reading, so nothing in
a value can become a heading, a table, markup or code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

from core.ports_documents import TemplateIncomplete

Node = dict[str, Any]
"""A block or a piece of a line; `kind` tells which, the other keys are plain JSON."""

_VARIABLE = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_WIDEST = 40
_REPEATED = 30
"""Characters in a head that comes again on each page; a longer one would leave no room below it."""
_WHOLE = 150
"""Characters in the cells of a row that is not torn apart at the end of a page."""
_EMPTY_VALUE = "／"


def variables_of(markdown: str) -> list[str]:
    """The variables a text uses, each once, in order. What an agreement prints is exactly their values."""
    found = (name for block in _read(markdown).walk() for name in _variables_in(block))
    return list(dict.fromkeys(found))


def fill_template(markdown: str, values: Mapping[str, str]) -> list[Node]:
    """The blocks of a text with every variable replaced by its value as plain text.

    An empty value prints as ／; control and direction characters are dropped. Raises TemplateIncomplete
    when a variable has no value.
    """
    if any(name not in values for name in variables_of(markdown)):
        raise TemplateIncomplete
    return _blocks(_read(markdown), values, depth=0)


def clean_value(value: str) -> str:
    """One line of visible text: control and formatting characters gone, line breaks as spaces."""
    visible = (" " if each in "\n\r\t" else each for each in value)
    return "".join(each for each in visible if unicodedata.category(each) not in ("Cc", "Cf")).strip()


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable(["heading", "list", "table", "hr", "blockquote", "escape", "newline"])
    reader.inline.ruler.before("escape", "bold", _read_bold)
    reader.inline.ruler.before("escape", "variable", _read_variable)
    return reader


@lru_cache(maxsize=64)
def _read(markdown: str) -> SyntaxTreeNode:
    """The tree of a text without values; the few texts in use are read once per process."""
    return SyntaxTreeNode(_reader().parse(markdown))


def _read_variable(state: StateInline, silent: bool) -> bool:
    """Inline rule: {{name}} becomes a token of its own."""
    found = _VARIABLE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("variable", "", 0).content = found.group(1)
    state.pos = found.end()
    return True


def _read_bold(state: StateInline, silent: bool) -> bool:
    """Inline rule: **…** whatever stands beside it; CommonMark's own rule fails next to Chinese punctuation."""
    if not state.src.startswith("**", state.pos):
        return False
    end = state.src.find("**", state.pos + 2, state.posMax)
    if end <= state.pos + 2:
        return False
    if not silent:
        state.push("strong_open", "strong", 1)
        whole, state.posMax, state.pos = state.posMax, end, state.pos + 2
        state.md.inline.tokenize(state)
        state.posMax = whole
        state.push("strong_close", "strong", -1)
    state.pos = end + 2
    return True


def _variables_in(node: SyntaxTreeNode) -> Iterator[str]:
    if node.type == "variable":
        yield node.content


def _blocks(parent: SyntaxTreeNode, values: Mapping[str, str], depth: int) -> list[Node]:
    return [_block(each, values, depth) for each in parent.children]


def _block(node: SyntaxTreeNode, values: Mapping[str, str], depth: int) -> Node:
    if node.type == "heading":
        return {"kind": "heading", "level": int(node.tag[1]), "body": _line(node, values)}
    if node.type in ("ordered_list", "bullet_list"):
        return {"kind": "list", "items": _items(node, values, depth)}
    if node.type == "table":
        return _table(node, values)
    if node.type == "blockquote":
        return {"kind": "quote", "body": _blocks(node, values, depth)}
    if node.type == "hr":
        return {"kind": "rule"}
    return {"kind": "paragraph", "body": _line(node, values)}


def _items(node: SyntaxTreeNode, values: Mapping[str, str], depth: int) -> list[Node]:
    first = int(node.attrs.get("start", 1))
    ordered = node.type == "ordered_list"
    return [
        {
            "mark": _mark(first + number, depth) if ordered else "•",
            "body": _blocks(item, values, depth + 1 if ordered else depth),
        }
        for number, item in enumerate(node.children)
    ]


def _mark(number: int, depth: int) -> str:
    """The number of an item: 1. then （1） then ①, as Chinese contracts count."""
    if depth == 0:
        return f"{number}."
    if depth == 1 or not 0 < number <= len(_CIRCLED):
        return f"（{number}）"
    return _CIRCLED[number - 1]


def _table(node: SyntaxTreeNode, values: Mapping[str, str]) -> Node:
    rows = [row.children for part in node.children for row in part.children]
    align = [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0]]
    cells = [[_line(cell, values) for cell in row] for row in rows]
    head, *rest = cells
    rows_kept = [all(_width(cell) <= _WHOLE for cell in row) for row in rest]
    return {
        "kind": "table", "align": align, "head": head, "rows": rest, "shares": _shares(cells), "whole": rows_kept,
        "repeat": all(rows_kept) and all(_width(cell) <= _REPEATED for cell in head),
    }  # fmt: skip


def _shares(rows: list[list[list[Node]]]) -> list[int]:
    """How much of the width each column gets: by its longest cell, but never so little that nothing fits in."""
    longest = [min(max(_width(row[column]) for row in rows), _WIDEST) for column in range(len(rows[0]))]
    return [max(each, sum(longest) * 5 // (8 * len(longest)), 1) for each in longest]


def _width(pieces: list[Node]) -> int:
    return sum(_width(each["body"]) if "body" in each else len(str(each.get("text", ""))) for each in pieces)


def _line(node: SyntaxTreeNode, values: Mapping[str, str]) -> list[Node]:
    """The pieces of the text in a heading, paragraph or cell."""
    return [piece for inline in node.children for piece in _pieces(inline, values)]


def _pieces(parent: SyntaxTreeNode, values: Mapping[str, str]) -> list[Node]:
    pieces: list[Node] = []
    for each in parent.children:
        if each.type == "strong":
            pieces.append({"kind": "strong", "body": _pieces(each, values)})
        elif each.type == "hardbreak":
            pieces.append({"kind": "break"})
        elif each.type == "variable":
            pieces.append({"kind": "text", "text": clean_value(values[each.content]) or _EMPTY_VALUE})
        elif each.type == "softbreak":
            pieces.append({"kind": "text", "text": _joint(pieces)})
        else:
            pieces.append({"kind": "text", "text": each.content})
    return pieces


def _joint(pieces: list[Node]) -> str:
    """What a line break in the source stands for: nothing after Chinese, a space after other text."""
    before = _last_character(pieces)
    return "" if before and unicodedata.east_asian_width(before) in "WF" else " "


def _last_character(pieces: list[Node]) -> str:
    if not pieces:
        return ""
    return _last_character(pieces[-1]["body"]) if "body" in pieces[-1] else str(pieces[-1].get("text", ""))[-1:]
