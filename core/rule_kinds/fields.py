"""How a kind of firm data is described: fields with bounds, Chinese labels and help, closed lists, references.

One description gives the check (`problems`), the editing form (pages/parts/rule_form.py) and the words of a
comparison (core/rule_kinds/compare.py), so that a new kind is a new description and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from string import Formatter
from typing import Any

from core.sentence import Sentence

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong and where; `text` is a Chinese sentence for whoever edits."""

    path: Path
    text: str


@dataclass(frozen=True)
class Scope:
    """What a reference may point at: the whole body, and the newest bodies of the other kinds."""

    body: Any
    others: Mapping[str, Any] = field(default_factory=dict)


Options = Mapping[str, str]
Source = Callable[[Scope], Options]
Found = Iterator[Problem]


@dataclass(frozen=True)
class Field:
    """What every field says. `optional`: the name may be missing; `nullable`: it may be empty (None).

    `fixed`: the program knows it by this value, so it is shown and not edited.
    """

    label: str
    help: str = field(default="", kw_only=True)
    optional: bool = field(default=False, kw_only=True)
    nullable: bool = field(default=False, kw_only=True)
    fixed: bool = field(default=False, kw_only=True)

    def problems(self, value: Any, path: Path, scope: Scope) -> Found:
        """What is wrong with a value, the innermost place first."""
        if value is not None:
            yield from self._problems(value, path, scope)
        elif not self.nullable:
            yield Problem(path, Sentence("请填写{label}。", label=self.label))

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:
        raise NotImplementedError

    def fresh(self) -> Any:
        """The value with which a new row begins."""
        return None


@dataclass(frozen=True)
class Text(Field):
    """Words; `lines` above 1 is written in a text area. `names` are the placeholders it may use, None: braces are text.

    `pattern` must match the whole text, `shape` says in words what it asks for.
    """

    most: int = 60
    lines: int = 1
    least: int = 1
    names: Options | None = None
    pattern: str = ""
    shape: str = ""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        if not isinstance(value, str):
            yield Problem(path, Sentence("{label}应是文字。", label=self.label))
        elif len(value.strip()) < self.least:
            yield Problem(path, Sentence("请填写{label}。", label=self.label))
        elif len(value) > self.most:
            yield Problem(
                path,
                Sentence(
                    "{label}最多 {most} 字，现在有 {count} 字。", label=self.label, most=self.most, count=len(value)
                ),
            )
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Problem(path, Sentence("{label}{shape}。", label=self.label, shape=self.shape))
        elif self.names is not None:
            yield from self._unknown_names(value, path, self.names)

    def _unknown_names(self, value: str, path: Path, names: Options) -> Found:
        try:
            used = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        except ValueError:
            yield Problem(path, Sentence("{label}中的大括号没有成对。", label=self.label))
            return
        known = "、".join(f"{{{name}}}" for name in names) or "无"
        for name in sorted(used - names.keys()):
            yield Problem(
                path,
                Sentence(
                    "{label}中的 {{{name}}} 不能识别，可以使用：{known}。", label=self.label, name=name, known=known
                ),
            )

    def fresh(self) -> Any:
        """No words yet."""
        return None if self.nullable else ""


def code(label: str, **named: Any) -> Text:
    """A short name by which cases and statistics know a row; letters, digits and underscores."""
    shape = "只能用字母、数字和下划线，最多 40 个"
    return Text(label, 40, pattern=r"[A-Za-z0-9_]{1,40}", shape=shape, **named)


@dataclass(frozen=True)
class Whole(Field):
    """A whole number from `least` to `most`, with its unit."""

    least: int = 0
    most: int = 1000
    unit: str = ""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(path, Sentence("{label}应是整数。", label=self.label))
        elif not self.least <= value <= self.most:
            yield Problem(
                path,
                Sentence(
                    "{label}应在 {least} 至 {most} {unit}",
                    label=self.label,
                    least=self.least,
                    most=self.most,
                    unit=self.unit,
                ).rstrip()
                + "之间。",
            )

    def fresh(self) -> Any:
        """The smallest."""
        return None if self.nullable else self.least


@dataclass(frozen=True)
class Share(Field):
    """A share from 0 to 1, written in percent."""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            yield Problem(path, Sentence("{label}应在 0% 至 100% 之间。", label=self.label))

    def fresh(self) -> Any:
        """Nothing of it."""
        return 0.0


@dataclass(frozen=True)
class Yes(Field):
    """Yes or no."""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        if not isinstance(value, bool):
            yield Problem(path, Sentence("{label}应是“是”或“否”。", label=self.label))

    def fresh(self) -> Any:
        """No."""
        return False


@dataclass(frozen=True)
class Choice(Field):
    """One of a closed list; a list that depends on the firm's data is a `Source`."""

    options: Options | Source = field(default_factory=dict)

    def named(self, scope: Scope) -> Options:
        """Code -> words of what can be chosen."""
        return self.options(scope) if callable(self.options) else self.options

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:
        options = self.named(scope)
        if not isinstance(value, str) or value not in options:
            known = "、".join(options.values())
            yield Problem(
                path,
                Sentence(
                    "{label}“{value}”不在可选范围内，可以选择：{known}。", label=self.label, value=value, known=known
                ),
            )


@dataclass(frozen=True)
class Several(Field):
    """Some of a closed list, each once."""

    options: Options | Source = field(default_factory=dict)
    least: int = 0

    def named(self, scope: Scope) -> Options:
        """Code -> words of what can be chosen."""
        return self.options(scope) if callable(self.options) else self.options

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:
        options = self.named(scope)
        if not isinstance(value, list) or len({str(each) for each in value}) != len(value):
            yield Problem(path, Sentence("{label}应是不重复的清单。", label=self.label))
        elif len(value) < self.least:
            yield Problem(path, Sentence("{label}至少选择 {least} 项。", label=self.label, least=self.least))
        else:
            for each in value:
                if not isinstance(each, str) or each not in options:
                    yield Problem(path, Sentence("{label}中的“{each}”不在可选范围内。", label=self.label, each=each))

    def fresh(self) -> Any:
        """None of them."""
        return None if self.nullable else []


@dataclass(frozen=True)
class Words(Field):
    """A list of short texts, one a line."""

    least: int = 0
    most: int = 200
    longest: int = 60
    pattern: str = ""
    shape: str = ""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            yield Problem(path, Sentence("{label}应是文字清单。", label=self.label))
            return
        if not self.least <= len(value) <= self.most:
            yield Problem(
                path, Sentence("{label}应有 {least} 至 {most} 项。", label=self.label, least=self.least, most=self.most)
            )
        if len(set(value)) != len(value):
            yield Problem(path, Sentence("{label}有重复的内容。", label=self.label))
        for number, each in enumerate(value):
            if not 0 < len(each.strip()) <= self.longest:
                yield Problem(
                    (*path, number),
                    Sentence("{label}的每一项应有 1 至 {longest} 字。", label=self.label, longest=self.longest),
                )
            elif self.pattern and not re.fullmatch(self.pattern, each):
                yield Problem(
                    (*path, number),
                    Sentence("{label}中的“{each}”{shape}。", label=self.label, each=each, shape=self.shape),
                )

    def fresh(self) -> Any:
        """Empty."""
        return []


@dataclass(frozen=True)
class Day(Field):
    """A calendar day, stored as YYYY-MM-DD."""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        try:
            date.fromisoformat(value)
        except (TypeError, ValueError):
            yield Problem(path, Sentence("{label}应是日期，例如 2026-03-02。", label=self.label))


CLOCK = r"([01]\d|2[0-3]):[0-5]\d|24:00"


@dataclass(frozen=True)
class Clock(Field):
    """A time of day, HH:MM; 24:00 is the end of the day."""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        if not isinstance(value, str) or not re.fullmatch(CLOCK, value):
            yield Problem(path, Sentence("{label}应是 00:00 至 24:00 之间的时间，例如 08:40。", label=self.label))

    def fresh(self) -> Any:
        """The beginning of a working day."""
        return "09:00"


@dataclass(frozen=True)
class Times(Field):
    """Opening times of one day: pairs of HH:MM in order, apart from each other; none: closed."""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        if not isinstance(value, list) or not all(_is_pair(pair) for pair in value):
            yield Problem(
                path,
                Sentence("{label}应写成 08:40-11:30 这样的时间段，多段用顿号分开，空着表示不受理。", label=self.label),
            )
            return
        moments = [moment for pair in value for moment in pair]
        if any(later <= earlier for earlier, later in pairwise(moments)):
            yield Problem(path, Sentence("{label}的时间段应从早到晚，互不重叠。", label=self.label))

    def fresh(self) -> Any:
        """Closed."""
        return []


def _is_pair(pair: Any) -> bool:
    clocks = isinstance(pair, list) and len(pair) == 2
    return clocks and all(isinstance(clock, str) and re.fullmatch(CLOCK, clock) is not None for clock in pair)


@dataclass(frozen=True)
class Span(Field):
    """A pair of whole numbers: from, to, both included."""

    least: int = 0
    most: int = 150

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        whole = isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)
        if not whole or not self.least <= value[0] <= value[1] <= self.most:
            yield Problem(
                path,
                Sentence(
                    "{label}应是 {least} 至 {most} 之间的起止两个整数。",
                    label=self.label,
                    least=self.least,
                    most=self.most,
                ),
            )

    def fresh(self) -> Any:
        """The whole range."""
        return [self.least, self.most]


@dataclass(frozen=True)
class Kept(Field):
    """What the program needs and nobody edits; it must be there and is carried along."""

    def _problems(self, value: Any, path: Path, scope: Scope) -> Found:  # noqa: ARG002
        yield from ()
