"""What a photographed score report says: whose it is, the score and the day, each with its check (R118).

Reports come from several institutions and in many layouts, so each value is sought beside the words that name it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from core.records_photos import ReadField
from core.rules.photo_fields import SURE, CardText, TextRow, id_number_in

SCORE_REPORT = "score_report"
FULL_SCORE = 100
_WORDS = re.compile(r"成绩|得分|分数|总分|知识.试|适当性")
_NAME = re.compile(
    r"(?:姓\s*名\s*[:：]?|(?:考\s*生|测\s*试\s*人\s*员?)\s*[:：])\s*([\u3400-\u9fff·]{2,15}?)(?=\s|$|性别|证件|身份)"
)
_SCORE = re.compile(r"(?:成绩|得分|分数)[^\d合格及有效标准期]{0,6}(\d{1,3})(?![\d.])")
_NO_SCORE = re.compile(r"合格|及格|有效|标准|满分")
_DAY = re.compile(r"(20\d{2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")
_DAY_WORDS = re.compile(r"(?:.试|参加).{0,2}(?:日期|时间)")
_SPACES = re.compile(r"\s")


def read_report_fields(rows: Sequence[TextRow]) -> CardText:
    """Kind (`score_report` or empty) and name, id_number, score, tested_on of a page from its rows, top to bottom."""
    kind = SCORE_REPORT if any(_WORDS.search(row.plain) for row in rows) else ""
    sought: Mapping[str, Callable[[TextRow], ReadField | None]] = {
        "name": _name, "id_number": id_number_in, "score": _score, "tested_on": _day,
    }  # fmt: skip
    fields = {name: found for name, read in sought.items() if (found := _first(rows, read))} if kind else {}
    return CardText(kind, fields, tuple(rows))


def _first(rows: Sequence[TextRow], read: Callable[[TextRow], ReadField | None]) -> ReadField | None:
    """The first that holds: reports carry numbers of their own."""
    every = [found for row in rows if (found := read(row))]
    return next((found for found in every if found.holds), every[0] if every else None)


def _name(row: TextRow) -> ReadField | None:
    match = _NAME.search(row.text)
    return ReadField(match[1], row.least(match[1]), holds=row.least(match[1]) >= SURE) if match else None


def _score(row: TextRow) -> ReadField | None:
    match = _SCORE.search(row.text)
    if match is None or _NO_SCORE.search(row.plain):
        return None
    sure = row.least(match[1])
    return ReadField(match[1], sure, holds=int(match[1]) <= FULL_SCORE and sure >= SURE)


def _day(row: TextRow) -> ReadField | None:
    """Only the day that is called that of the test: reports carry other dates as well."""
    match = _DAY.search(row.text) if _DAY_WORDS.search(row.plain) else None
    if match is None:
        return None
    try:
        found = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    sure = row.least(_SPACES.sub("", match[0]))
    return ReadField(found.isoformat(), sure, holds=sure >= SURE)
