"""The calendar as a table that people edit: 日期, 工作日, 交易日, 名称. Reading checks every line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.rules.calendar import Calendar, CalendarDay
from core.sentence import Sentence, listed

HEADER = ("日期", "工作日", "交易日", "名称")
MOST_LINES, MOST_NAME = 1200, 40
_COLUMNS = {"日期": "day", "工作日": "workday", "交易日": "trading", "名称": "name"}
_WORDS = {"是": True, "1": True, "true": True, "y": True, "否": False, "0": False, "false": False, "n": False}


@dataclass(frozen=True)
class Table:
    """What was read: days in order, or the mistakes with their line numbers (the header is line 1)."""

    days: tuple[CalendarDay, ...]
    mistakes: tuple[str, ...]


@dataclass(frozen=True)
class DayChange:
    """A day that would change."""

    before: CalendarDay
    after: CalendarDay


def decoded(data: bytes) -> str:
    """Text of a CSV file as spreadsheets write it: UTF-8, with or without a mark, or GB 18030."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def read_table(text: str) -> Table:
    """Parse and check; nothing is taken from a table with a mistake."""
    lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    if not lines or not any(cell.strip() for line in lines for cell in line):
        return Table((), ("表格是空的。",))
    if len(lines) > MOST_LINES:
        return Table((), (Sentence("表格最多 {most_lines} 行。", most_lines=MOST_LINES),))
    names = [_COLUMNS.get(cell.strip(), cell.strip().lower()) for cell in lines[0]]
    missing = [title for title, name in _COLUMNS.items() if name not in names and name != "name"]
    if missing:
        return Table(
            (),
            (
                Sentence(
                    "第 1 行：缺少列 {missing}。第一行应为 {header}。",
                    missing=listed(missing),
                    header=",".join(HEADER),
                ),
            ),
        )
    days: dict[date, CalendarDay] = {}
    mistakes: list[str] = []
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        found = _day(dict(zip(names, (cell.strip() for cell in line), strict=False)))
        if isinstance(found, CalendarDay) and found.day in days:
            found = Sentence("日期 {day} 重复。", day=found.day)
        if isinstance(found, str):
            mistakes.append(Sentence("第 {number} 行：{found}", number=number, found=found))
        else:
            days[found.day] = found
    if not days and not mistakes:
        mistakes.append("表格里没有日期。")
    return Table(() if mistakes else tuple(days[day] for day in sorted(days)), tuple(mistakes))


def _day(cells: Mapping[str, str]) -> CalendarDay | str:
    """One line, or what is wrong with it."""
    try:
        day = date.fromisoformat(cells.get("day", "").replace("/", "-"))
    except ValueError:
        return Sentence("日期“{value}”应写成 2027-01-04。", value=cells.get("day", ""))
    workday, trading = (_WORDS.get(cells.get(name, "").lower()) for name in ("workday", "trading"))
    if workday is None or trading is None:
        return "工作日和交易日请填 是 或 否。"
    return checked_day(CalendarDay(day, workday=workday, trading=trading, name=cells.get("name") or None))


def checked_day(row: CalendarDay) -> CalendarDay | str:
    """The day, or why it cannot be: exchanges trade on working weekdays only."""
    if row.trading and not row.workday:
        return "交易日必须是工作日。"
    if row.trading and row.day.weekday() >= 5:
        return "周六、周日不是交易日，调休上班也不是。"
    return Sentence("名称最多 {most_name} 个字。", most_name=MOST_NAME) if len(row.name or "") > MOST_NAME else row


def differences(before: Calendar, days: Iterable[CalendarDay]) -> tuple[DayChange, ...]:
    """What saving these days would change; a guess that becomes certain is a change too."""
    pairs = (DayChange(before.on(row.day), row) for row in days)
    return tuple(pair for pair in pairs if pair.before != pair.after)


def written_table(days: Iterable[CalendarDay]) -> str:
    """The days as a table that `read_table` reads, with the mark that spreadsheets need for Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in days:
        writer.writerow([row.day.isoformat(), _word(row.workday), _word(row.trading), row.name or ""])
    return "\ufeff" + out.getvalue()


def _word(value: bool) -> str:
    return "是" if value else "否"
