"""Fields that hold others: a group of named fields, a list of rows, a table by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.rule_kinds.fields import Field, Found, Options, Path, Problem, Scope, Source
from core.sentence import Sentence


@dataclass(frozen=True)
class Group(Field):
    """Fields by name, in the order of the form."""

    fields: Mapping[str, Field] = field(default_factory=dict)

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:
        if not isinstance(value, Mapping):
            yield Problem(path, Sentence("{label}的内容不完整。", label=self.label))
            return
        for name, each in self.fields.items():
            if name in value:
                yield from each.problems(value[name], (*path, name), scope)
            elif not each.optional:
                yield Problem((*path, name), Sentence("请填写{label}。", label=each.label))
        for name in sorted(map(str, value.keys() - self.fields.keys())):
            yield Problem((*path, name), Sentence("{label}中有不能识别的内容“{name}”。", label=self.label, name=name))

    def fresh(self) -> Any:
        """Every field that must be there."""
        return {name: each.fresh() for name, each in self.fields.items() if not each.optional}


@dataclass(frozen=True)
class Rows(Field):
    """A list of rows. `key` is the field that tells them apart, `title` the one that names them on screen."""

    item: Group = field(default_factory=lambda: Group(""))
    key: str = ""
    title: str = ""
    least: int = 0
    most: int = 500

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:
        if not isinstance(value, list):
            yield Problem(path, Sentence("{label}应是清单。", label=self.label))
            return
        if not self.least <= len(value) <= self.most:
            yield Problem(
                path,
                Sentence(
                    "{label}应有 {least} 至 {most} 项，现在有 {count} 项。",
                    label=self.label,
                    least=self.least,
                    most=self.most,
                    count=len(value),
                ),
            )
        for number, row in enumerate(value):
            yield from self.item.problems(row, (*path, number), scope)
        if self.key:
            yield from self._repeated(value, path)

    def _repeated(self, rows: list[Any], path: Path) -> Found:
        seen: set[Any] = set()
        for number, row in enumerate(rows):
            mark = str(row.get(self.key) or "") if isinstance(row, Mapping) else ""
            if mark in seen and mark:
                text = Sentence(
                    "{label}“{mark}”已经用过，请换一个。", label=self.item.fields[self.key].label, mark=mark
                )
                yield Problem((*path, number, self.key), text)
            seen.add(mark)

    def name_of(self, row: Any, number: int) -> str:
        """How a row is called on screen."""
        named = row.get(self.title) or row.get(self.key) if isinstance(row, Mapping) else None
        return str(named) if named else Sentence("第 {number} 项", number=number + 1)

    def fresh(self) -> Any:
        """No rows."""
        return None if self.nullable else []


@dataclass(frozen=True)
class Named(Field):
    """A table by name. `names` closes the list of names (name -> words), `source` says which may be added.

    `title` is the field of a row that names it on screen, where the names themselves have no words.
    """

    item: Field = field(default_factory=lambda: Group(""))
    names: Options | None = None
    title: str = ""
    source: Source | None = None

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:
        if not isinstance(value, Mapping):
            yield Problem(path, Sentence("{label}的内容不完整。", label=self.label))
            return
        for name, each in value.items():
            if name not in (self._known(scope) or value):
                yield Problem(
                    (*path, name), Sentence("{label}中有不能识别的内容“{name}”。", label=self.label, name=name)
                )
            else:
                yield from self.item.problems(each, (*path, name), scope)
        if self.names is not None:
            for name in [name for name in self.names if name not in value]:
                yield Problem(
                    (*path, name), Sentence("{label}缺少“{names}”。", label=self.label, names=self.names[name])
                )

    def name_of(self, name: str, row: Any) -> str:
        """How a row is called on screen."""
        if self.names is not None and name in self.names:
            return self.names[name]
        titled = row.get(self.title) if self.title and isinstance(row, Mapping) else None
        return str(titled) if titled else name

    def fresh(self) -> Any:
        """Every name of a closed list, each with a fresh row."""
        return {name: self.item.fresh() for name in self.names or ()}

    def _known(self, scope: Scope) -> Options | None:
        return self.source(scope) if self.source else self.names
