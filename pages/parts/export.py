"""Tables that leave the system: CSV and xlsx in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from core.charts import Cell, Chart, Column
from pages.parts.language import _

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins so is run as a formula by spreadsheets that open a CSV."""
WIDEST = 40
"""Columns grow no wider than so many digits; longer texts stand in their cell all the same."""
_SHEET_NAME, _NO_SHEET_NAME = 31, re.compile(r"[\[\]:*?/\\'？：]")
"""Excel's limit of a sheet's name, and what may not stand in one."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_FORMATS = {"head": {"bold": True, "bottom": 1}, "%": {"num_format": "0.0%"}, "day": {"num_format": "yyyy-mm-dd"}}


def _head(column: Column) -> str:
    return (
        _("{title}（{unit}）").format(title=_(column.title), unit=column.unit)
        if column.unit and column.unit != "%"
        else column.title
    )


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def to_csv(chart: Chart) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_text(_head(column)) for column in chart.columns])
    for row in chart.rows:
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> object:
    if isinstance(cell, str):
        return safe_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else round(cell, 4)


def to_xlsx(chart: Chart) -> bytes:
    """One sheet named after the chart with a frozen head; texts are written as texts, which are never evaluated."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        sheet = book.add_worksheet(sheet_name(chart.title))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(chart.columns):
            cells = [row[place] for row in chart.rows]
            sheet.set_column(place, place, _width(column, cells))
            sheet.write_string(0, place, _head(column), formats["head"])
            for line, cell in enumerate(cells, 1):
                _write(sheet, line, place, cell, formats["day"], formats.get(column.unit))
    return out.getvalue()


def sheet_name(title: str) -> str:
    """A title as Excel takes it for the name of a sheet."""
    return _NO_SHEET_NAME.sub("", title)[:_SHEET_NAME].strip() or _("数据")


def _width(column: Column, cells: Iterable[Cell]) -> int:
    """In digits: a Chinese character is as wide as two of them."""
    texts = [_head(column), *(column.words(cell) for cell in cells)]
    return min(WIDEST, max(sum(2 if east_asian_width(c) in "WF" else 1 for c in text) for text in texts) + 2)


def _write(sheet: Worksheet, line: int, place: int, cell: Cell, day: Format, number: Format | None) -> None:
    if isinstance(cell, str):
        sheet.write_string(line, place, _CONTROL.sub("", cell))
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, cell, day)
    elif cell is not None and math.isfinite(cell):
        sheet.write_number(line, place, round(cell, 6), number)


KINDS = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
