"""What a photographed score report says: whose it is, the score and the day, each with its check (R118).

Reports come from several institutions and in many layouts, so each value is sought beside the words that name it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from core.records_photos import ReadField
from core.rules.photo_fields import SURE, CardText, TextRow, id_number_in

SCORE_REPORT = "score_report"
FULL_SCORE = 100
_WORDS = re.compile(r"成绩|得分|分数|总分|知识.试|适当性")
_NAME = re.compile(r"(?:姓\s*名|考\s*生|测\s*试\s*人)\s*[:：]?\s*([\u4e00-\u9fff·]{2,15})(?![\u4e00-\u9fff])")
_SCORE = re.compile(r"(?:成绩|得分|分数|总分)\D{0,6}(\d{1,3})(?!\d)\s*分?")
_DAY = re.compile(r"(20\d{2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")
_SPACES = re.compile(r"\s")
_DAY_WORDS = re.compile(r"日期|时间|考试日")


def read_report_fields(rows: Sequence[TextRow]) -> CardText:
    """Kind (`score_report` or empty) and name, id_number, score, tested_on of a page from its rows, top to bottom."""
    kind = SCORE_REPORT if any(_WORDS.search(row.plain) for row in rows) else ""
    sought = {"name": _name, "id_number": id_number_in, "score": _score, "tested_on": _day}
    fields = {name: found for name, read in sought.items() if (found := _first(rows, read))} if kind else {}
    return CardText(kind, fields, tuple(rows))


def _first(rows: Sequence[TextRow], read: object) -> ReadField | None:
    assert callable(read)
    return next((found for row in rows if (found := read(row))), None)


def _name(row: TextRow) -> ReadField | None:
    match = _NAME.search(row.text)
    return ReadField(match[1], row.least(match[1]), holds=row.least(match[1]) >= SURE) if match else None


def _score(row: TextRow) -> ReadField | None:
    match = _SCORE.search(row.text)
    if match is None:
        return None
    sure = row.least(match[1])
    return ReadField(match[1], sure, holds=int(match[1]) <= FULL_SCORE and sure >= SURE)


def _day(row: TextRow) -> ReadField | None:
    """Only a day that is called one: reports carry other dates as well."""
    match = _DAY.search(row.text) if _DAY_WORDS.search(row.plain) else None
    if match is None:
        return None
    try:
        found = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    sure = row.least(_SPACES.sub("", match[0]))
    return ReadField(found.isoformat(), sure, holds=sure >= SURE)
