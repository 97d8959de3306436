"""Carry the changes of a draft over to a newer version: what only one side changed is kept, else the newer one wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rule_kinds.fields import Field, Path
from core.rule_kinds.groups import Group, Named, Rows

MISSING: Any = object()


def carry_over(shape: Field, base: Any, mine: Any, newest: Any) -> tuple[Any, tuple[Path, ...]]:
    """`newest` with what `mine` changed against `base`, and the places where both changed something else."""
    lost: list[Path] = []
    return _merged(shape, (base, mine, newest), (), lost), tuple(lost)


def _merged(shape: Field, three: tuple[Any, Any, Any], path: Path, lost: list[Path]) -> Any:
    base, mine, newest = three
    if mine in (base, newest):
        return newest
    if newest == base:
        return mine
    if isinstance(shape, Group | Named) and all(isinstance(each, Mapping) for each in three):
        return _tables(shape, three, path, lost)
    if isinstance(shape, Rows) and shape.key and all(_keyed(shape, each) for each in three):
        tables = [{row[shape.key]: row for row in rows} for rows in three]
        merged = _tables(Named("", item=shape.item), (tables[0], tables[1], tables[2]), path, lost)
        return list(merged.values())
    lost.append(path)
    return newest


def _tables(shape: Group | Named, three: tuple[Any, Any, Any], path: Path, lost: list[Path]) -> dict[str, Any]:
    base, mine, newest = three
    result = {}
    for name in [*newest, *(name for name in mine if name not in newest)]:
        inner = shape.item if isinstance(shape, Named) else shape.fields.get(name, Field(""))
        sides = (base.get(name, MISSING), mine.get(name, MISSING), newest.get(name, MISSING))
        value = _merged(inner, sides, (*path, name), lost)
        if value is not MISSING:
            result[name] = value
    return result


def _keyed(shape: Rows, rows: Any) -> bool:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) and shape.key in row for row in rows):
        return False
    return len({str(row[shape.key]) for row in rows}) == len(rows)
