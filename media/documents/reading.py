"""An agreement as HTML for the reader on the screen: the same blocks and numbers as the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from media.documents.markdown import Node, fill_template


def to_reading_html(markdown: str, values: Mapping[str, str]) -> str:
    """HTML of an agreement with its values filled in: no attributes but classes and roles, everything escaped.

    Headings begin at h2. Raises TemplateIncomplete when a variable has no value.
    """
    return "\n".join(_block(each) for each in fill_template(markdown, values))


def _block(node: Node) -> str:
    match node["kind"]:
        case "heading":
            level = min(node["level"] + 1, 6)
            return f"<h{level}>{_line(node['body'])}</h{level}>"
        case "list":
            return f'<div class="clauses" role="list">{"".join(_item(each) for each in node["items"])}</div>'
        case "table":
            return _table(node)
        case "quote":
            return f"<blockquote>{''.join(_block(each) for each in node['body'])}</blockquote>"
        case "rule":
            return "<hr>"
        case _:
            return f"<p>{_line(node['body'])}</p>"


def _item(item: Node) -> str:
    """An item with its number as text, so that it reads as in the PDF."""
    mark = f'<span class="clause-mark">{escape(item["mark"])}</span> '
    first, *rest = item["body"] or [{"kind": "paragraph", "body": []}]
    if first["kind"] != "paragraph":
        first, rest = {"kind": "paragraph", "body": []}, item["body"]
    following = "".join(_block(each) for each in rest)
    return f'<div class="clause" role="listitem"><p>{mark}{_line(first["body"])}</p>{following}</div>'


def _table(node: Node) -> str:
    head = "".join(f'<th scope="col">{_line(cell)}</th>' for cell in node["head"])
    rows = "".join("<tr>" + "".join(f"<td>{_line(cell)}</td>" for cell in row) + "</tr>" for row in node["rows"])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _line(pieces: list[Node]) -> str:
    return "".join(_piece(each) for each in pieces)


def _piece(piece: Node) -> str:
    if piece["kind"] == "strong":
        return f"<strong>{_line(piece['body'])}</strong>"
    return "<br>" if piece["kind"] == "break" else escape(str(piece["text"]))
