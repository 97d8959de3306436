"""Two versions of a kind in plain words: where, what it was, what it becomes. Made from the description of the kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.rule_kinds.fields import Choice, Field, Kept, Path, Scope, Several, Share, Span, Times, Whole, Words, Yes
from core.rule_kinds.groups import Group, Named, Rows
from core.rule_kinds.kind import Kind
from core.sentence import Sentence

EMPTY = "（空）"
ADDED, REMOVED, CHANGED, MOVED = "新增", "删除", "修改", "调整次序"
_GONE: Any = object()


@dataclass(frozen=True)
class Change:
    """One difference; `where` names the place in words, `what` is one of 新增, 删除, 修改, 调整次序."""

    what: str
    where: str
    old: str
    new: str
    path: Path


def changes(kind: Kind, old: Any, new: Any, others: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every difference between two bodies, in the order of the form."""
    return tuple(_Comparison(Scope(new, {**others, kind.key: new})).of(kind.shape, (old, new), (), ()))


def path_words(shape: Field, body: Any, path: Path) -> str:
    """Where a problem stands, in words: 原因 › P01 › 给客户的文字."""
    words: list[str] = []
    for step in path:
        words.append(_step_words(shape, body, step))
        shape = _inner(shape, step)
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            body = None
    return " › ".join(word for word in words if word)


def _step_words(shape: Field, body: Any, step: str | int) -> str:
    if isinstance(shape, Group) and step in shape.fields:
        return shape.fields[str(step)].label
    if isinstance(shape, Named):
        return shape.name_of(str(step), body.get(step) if isinstance(body, Mapping) else None)
    if isinstance(shape, Rows) and isinstance(step, int):
        row = body[step] if isinstance(body, list) and step < len(body) else None
        return shape.name_of(row, step)
    return Sentence("第 {step} 项", step=step + 1) if isinstance(step, int) else str(step)


def _inner(shape: Field, step: str | int) -> Field:
    if isinstance(shape, Group):
        return shape.fields.get(str(step), Kept(""))
    return shape.item if isinstance(shape, Named | Rows) else Kept("")


def value_words(shape: Field, value: Any, scope: Scope) -> str:
    """A value as it is read: labels instead of codes, 是 and 否, times, percent."""
    if value is None or value in ("", []):
        return EMPTY
    if not isinstance(shape, Kept) and any(shape.problems(value, (), scope)):
        return str(value)
    if isinstance(shape, Yes):
        return "是" if value else "否"
    if isinstance(shape, Share):
        return f"{value:.0%}"
    if isinstance(shape, Whole):
        return f"{value} {shape.unit}".strip()
    if isinstance(shape, Choice):
        return shape.named(scope).get(value, str(value))
    if isinstance(shape, Several):
        return "、".join(shape.named(scope).get(each, str(each)) for each in value)
    if isinstance(shape, Times):
        return "、".join(f"{begins}-{ends}" for begins, ends in value)
    if isinstance(shape, Words | Span):
        return ("、" if isinstance(shape, Words) else " 至 ").join(map(str, value))
    return _parts_words(shape, value, scope)


def _parts_words(shape: Field, value: Any, scope: Scope) -> str:
    if isinstance(shape, Group):
        shown = [(field, value[name]) for name, field in shape.fields.items() if name in value]
        return "；".join(
            Sentence("{label}：{value_words}", label=field.label, value_words=value_words(field, part, scope))
            for field, part in shown
        )
    if isinstance(shape, Rows):
        return " / ".join(value_words(shape.item, row, scope) for row in value)
    if isinstance(shape, Named):
        return "；".join(
            Sentence(
                "{name_of}：{value_words}", name_of=shape.name_of(n, r), value_words=value_words(shape.item, r, scope)
            )
            for n, r in value.items()
        )
    return str(value)


class _Comparison:
    """Walks two bodies along the description."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def of(self, shape: Field, pair: tuple[Any, Any], where: tuple[str, ...], path: Path) -> Iterator[Change]:
        """Differences below one place."""
        old, new = pair
        if old == new:
            return
        if _GONE in (old, new) or not self._comparable(shape, old, new):
            yield self._change(shape, old, new, where, path)
        elif isinstance(shape, Group):
            for name, field in shape.fields.items():
                yield from self.of(field, _both(pair, name), (*where, field.label), (*path, name))
        elif isinstance(shape, Named):
            for name in [*new, *(name for name in old if name not in new)]:
                known = shape.source(self.scope) if shape.source else {}
                words = known.get(name) or shape.name_of(name, new.get(name, old.get(name)))
                yield from self.of(shape.item, _both(pair, name), (*where, words), (*path, name))
        elif isinstance(shape, Rows):
            yield from self._rows(shape, old, new, where, path)

    @staticmethod
    def _comparable(shape: Field, old: Any, new: Any) -> bool:
        if isinstance(shape, Rows):
            return isinstance(old, list) and isinstance(new, list)
        return isinstance(shape, Group | Named) and isinstance(old, Mapping) and isinstance(new, Mapping)

    def _rows(
        self, shape: Rows, old: list[Any], new: list[Any], where: tuple[str, ...], path: Path
    ) -> Iterator[Change]:
        before, after = _by_key(shape, old), _by_key(shape, new)
        for mark, (number, row) in after.items():
            pair = (before[mark][1] if mark in before else _GONE, row)
            yield from self.of(shape.item, pair, (*where, shape.name_of(row, number)), (*path, number))
        for mark, (number, row) in before.items():
            if mark not in after:
                yield from self.of(shape.item, (row, _GONE), (*where, shape.name_of(row, number)), path)
        kept = [mark for mark in before if mark in after]
        if kept != [mark for mark in after if mark in before]:
            yield Change(MOVED, " › ".join(where), "", "", path)

    def _change(self, shape: Field, old: Any, new: Any, where: tuple[str, ...], path: Path) -> Change:
        what = ADDED if old is _GONE else REMOVED if new is _GONE else CHANGED
        before, after = ("" if each is _GONE else value_words(shape, each, self.scope) for each in (old, new))
        return Change(what, " › ".join(where), before, after, path)


def _both(pair: tuple[Any, Any], name: str) -> tuple[Any, Any]:
    return pair[0].get(name, _GONE), pair[1].get(name, _GONE)


def _by_key(shape: Rows, rows: list[Any]) -> dict[Any, tuple[int, Any]]:
    """Rows by what tells them apart; by their place where nothing does, or where it is not unique."""
    marks = [str(row.get(shape.key) or "") if shape.key and isinstance(row, Mapping) else "" for row in rows]
    unique = "" not in marks and len(set(marks)) == len(marks)
    return dict(zip(marks if unique else range(len(rows)), enumerate(rows), strict=True))
