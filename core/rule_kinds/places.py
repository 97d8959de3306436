"""Change one place of a body without touching the body that was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rule_kinds.fields import Field, Path
from core.rule_kinds.groups import Group, Named, Rows

GONE: Any = object()
"""Put instead of a value to take a name away."""


def value_at(body: Any, path: Path) -> Any:
    """What stands at a place; None where nothing does."""
    for step in path:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body


def with_value(body: Any, path: Path, value: Any) -> Any:
    """The body with another value at a place (`GONE`: without the name); the places on the way must be there."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(body, list):
        number = int(step)
        return [with_value(each, rest, value) if place == number else each for place, each in enumerate(body)]
    inner = with_value(body.get(step), rest, value)
    return {**{name: each for name, each in body.items() if name != step or inner is not GONE},
            **({} if inner is GONE else {str(step): inner})}  # fmt: skip


def stored(field: Field, value: Any) -> Any:
    """A value of a form as it is stored: nothing written is None, or no name at all where it may be missing."""
    empty = value is None or value == "" or (field.optional and value in (False, []))
    if empty and field.optional:
        return GONE
    return None if empty and field.nullable else value


def fresh_row(rows: Rows, existing: list[Any], like: int | None = None) -> Any:
    """A new row: empty, or as another one with a name of its own."""
    row = dict(existing[like]) if like is not None and isinstance(existing[like], Mapping) else rows.item.fresh()
    if rows.key and rows.key in row:
        row[rows.key] = _free_name(str(row[rows.key] or "new"), {str(each.get(rows.key)) for each in existing})
    return row


def _free_name(name: str, taken: set[str]) -> str:
    stem = name.rstrip("0123456789") or name
    digits = name[len(stem) :]
    number, width = int(digits or 0) + 1, len(digits)
    while f"{stem}{number:0{width}d}" in taken:
        number += 1
    return f"{stem}{number:0{width}d}"


def shape_at(shape: Field, path: Path) -> Field:
    """The description of a place; KeyError for one that is not described."""
    for step in path:
        if isinstance(shape, Group):
            shape = shape.fields[str(step)]
        elif isinstance(shape, Named | Rows):
            shape = shape.item
        else:
            raise KeyError(step)
    return shape
