"""Charts as data: a title that asks the question, columns with units, rows. Drawing, table and export use the same.

A cell is a text, a number or None (nothing to show); the unit of a column says how a number reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.metrics import METRICS, shown

Cell = str | float | date | None
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True)
class Column:
    """One column; `meaning` stands behind the question mark, `unit` is empty for texts."""

    key: str
    title: str
    unit: str = ""
    meaning: str = ""

    def words(self, cell: Cell) -> str:
        """A cell of this column for people."""
        return cell.isoformat() if isinstance(cell, date) else shown(cell, self.unit)


@dataclass(frozen=True)
class Chart:
    """One chart with its rows; `note` says what to know when reading it."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def values(self, key: str) -> list[Cell]:
        """The cells of one column."""
        place = [column.key for column in self.columns].index(key)
        return [row[place] for row in self.rows]

    @property
    def figures(self) -> tuple[Column, ...]:
        """Every column but the first, which says what a row stands for."""
        return self.columns[1:]


def metric(key: str) -> Column:
    """The column of a defined figure."""
    found = METRICS[key]
    return Column(found.key, found.title, found.unit, found.meaning)


DAY = Column("day", "日期")
