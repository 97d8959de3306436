"""导入回报: the monitoring centre's answers from a file, row by row, with a report of what was taken and what not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from core.actor import Actor
from core.audit import Tag
from core.errors import DeskError
from core.permissions import Permission, allow
from core.ports import Desk
from core.reporting import ResultRow, read_results, repeated
from core.usecases.complete_case import record_exchange

NUMBER = re.compile(r"[0-9]{16}")


class Fate(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


FATES = {Fate.TAKEN: "已录入", Fate.KNOWN: "此前已录入", Fate.REFUSED: "未录入"}


@dataclass(frozen=True)
class RowReport:
    """A row and what became of it; `reason` says why it was not taken."""

    row: ResultRow
    fate: Fate
    reason: str = ""


def import_results(desk: Desk, actor: Actor, data: bytes) -> list[RowReport]:
    """Take the answers of a CSV or JSON file; the same file again changes nothing. Raises `BadFile`.

    A row that contradicts a success on record is refused: corrections are made on the page, by a person.
    """
    with desk.read(actor.firm_id):
        allow(actor, Permission.CASE_REPORT)
    rows = read_results(data)
    twice = repeated(rows)
    found = [_take(desk, actor, row, again=row.line in twice) for row in rows]
    counts = {str(fate): sum(each.fate is fate for each in found) for fate in Fate}
    with desk.write(actor.firm_id) as work:
        work.audit(actor, Tag.STAFF_EXCHANGE_IMPORT, f"firm:{actor.firm_id}", **counts)
    return found


def _take(desk: Desk, actor: Actor, row: ResultRow, *, again: bool) -> RowReport:
    if again:
        return RowReport(row, Fate.REFUSED, "本文件前面已有同一受理单和交易所的回报。")
    with desk.read(actor.firm_id) as work:
        case = work.cases.find_number(row.number) if NUMBER.fullmatch(row.number) else None
        requests = work.results.requests(case.id) if case else []
    request = next((each for each in requests if each.exchange == row.exchange), None)
    if case is None or request is None:
        return RowReport(row, Fate.REFUSED, "没有这个受理单号，或者该业务没有申请这个交易所。")
    if (request.return_code, request.trading_code) == (row.return_code, row.trading_code):
        return RowReport(row, Fate.KNOWN)
    if request.state == "opened":
        return RowReport(row, Fate.REFUSED, "已录入成功的回报，与本行不一致，没有改动。")
    return _record(desk, actor, case.id, row)


def _record(desk: Desk, actor: Actor, case_id: str, row: ResultRow) -> RowReport:
    try:
        errors = record_exchange(desk, actor, case_id, row.exchange, row.return_code, row.trading_code)
    except DeskError as error:
        return RowReport(row, Fate.REFUSED, error.text)
    return RowReport(row, Fate.REFUSED, " ".join(errors.values())) if errors else RowReport(row, Fate.TAKEN)
