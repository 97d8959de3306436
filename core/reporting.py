"""Reporting to the monitoring centre: actions and states of a request, the firm's profile, the file of answers.

The codes are those of the counter interface (domain.md 4.7). A profile is firm data of the kind `reporting`: which
fields go out under which names, how files are called, how large the regulator's copies of photos may be.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.case import Ending
from core.errors import BadFile
from core.records import ExchangeRequest
from core.sentence import Sentence


class ApplyAction(StrEnum):
    """What is asked of the centre."""

    OPEN = "1"
    CHANGE_IDENTITY = "2"
    CHANGE_GENERAL = "3"
    ADD_CODE = "4"
    CANCEL_CODE = "5"
    CLOSE = "6"
    SLEEP = "8"
    WAKE = "9"


class ApplyStatus(StrEnum):
    """Where a request stands. Nothing of ours is ever deleted (5), so that no request gets there."""

    INCOMPLETE = "1"
    SENT = "2"
    PASSED = "3"
    REFUSED = "4"
    DELETED = "5"


ACTION_TITLES: Mapping[ApplyAction, str] = {
    ApplyAction.OPEN: "开户", ApplyAction.CHANGE_IDENTITY: "修改身份信息", ApplyAction.CHANGE_GENERAL: "修改一般信息",
    ApplyAction.ADD_CODE: "申请交易编码", ApplyAction.CANCEL_CODE: "撤销交易编码", ApplyAction.CLOSE: "销户",
    ApplyAction.SLEEP: "账户休眠", ApplyAction.WAKE: "激活休眠账户",
}  # fmt: skip
STATUS_TITLES: Mapping[ApplyStatus, str] = {
    ApplyStatus.INCOMPLETE: "未补全", ApplyStatus.SENT: "已提交", ApplyStatus.PASSED: "已审核",
    ApplyStatus.REFUSED: "已拒绝", ApplyStatus.DELETED: "已删除",
}  # fmt: skip
SOURCES: Mapping[str, str] = {
    "account": "资金账号", "action": "申请动作", "card_type": "证件类型", "case.branch": "营业部",
    "case.business": "业务", "case.number": "受理单号", "day": "申请日期", "level": "风险承受能力等级",
    "phone": "手机号码", "valid_to": "证件有效期止",
}  # fmt: skip
"""Where a field may come from, beside `profile.<field>`, with its title."""
NAMES: Mapping[str, str] = {"account": "资金账号", "case": "受理单号", "day": "申请日期"}
"""Variables of every file name; photos and documents have more."""
PHOTO_NAMES: Mapping[str, str] = {**NAMES, "code": "照片代码"}
DOCUMENT_NAMES: Mapping[str, str] = {**NAMES, "number": "序号", "agreement": "协议代码"}
MOST_BYTES, MOST_ROWS = 1024 * 1024, 2000
_HEADINGS = {
    "受理单号": "number", "case_number": "number", "交易所": "exchange", "exchange": "exchange",
    "回报代码": "return_code", "return_code": "return_code", "交易编码": "trading_code", "trading_code": "trading_code",
}  # fmt: skip
_NEEDED = {"number", "exchange", "return_code"}


@dataclass(frozen=True)
class ResultRow:
    """One answer of the centre as a file states it; `line` is where it stands, `return_code` -1 when unreadable."""

    line: int
    number: str
    exchange: str
    return_code: int
    trading_code: str


def action_of(ending: Ending) -> ApplyAction:
    """What a business asks for: a first account, or codes for one that exists."""
    return ApplyAction.OPEN if ending is Ending.ACCOUNT else ApplyAction.ADD_CODE


def status_of(request: ExchangeRequest) -> ApplyStatus:
    """Where a request stands: what was sent again after a refusal waits once more."""
    if request.state == "opened":
        return ApplyStatus.PASSED
    if request.sent_at and (request.return_code is None or request.sent_at > request.updated_at):
        return ApplyStatus.SENT
    return ApplyStatus.REFUSED if request.state == "failed" else ApplyStatus.INCOMPLETE


def missing_fields(profile: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Titles of required fields without a value."""
    return [each["title"] for each in profile["fields"] if each["required"] and values.get(each["name"]) in (None, "")]


# -- the centre's answers
def read_results(data: bytes) -> list[ResultRow]:
    """The rows of a CSV (UTF-8 or GB 18030) or JSON file; raises `BadFile` for what is neither."""
    if len(data) > MOST_BYTES:
        raise BadFile("文件超过 1 MB，请分成几个文件导入。")
    text = _text(data)
    rows = _json_rows(text) if text.lstrip()[:1] in ("[", "{") else _csv_rows(text)
    if not rows:
        raise BadFile("文件中没有回报。")
    if len(rows) > MOST_ROWS:
        raise BadFile(Sentence("一次最多导入 {MOST_ROWS} 行，请分成几个文件导入。", MOST_ROWS=MOST_ROWS))
    return [_row(line, row) for line, row in rows]


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("无法识别文件的编码。请另存为 UTF-8 编码的 CSV 后再导入。")


def _csv_rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise BadFile("CSV 文件的格式不正确，请检查引号和换行。") from None
    head = [_HEADINGS.get(name.strip(), "") for name in table[0]] if table else []
    if not set(head) >= _NEEDED:
        raise BadFile("第一行需要有“受理单号”“交易所”“回报代码”，成功的回报还要有“交易编码”。")
    return [(line, dict(zip(head, row, strict=False))) for line, row in enumerate(table[1:], 2) if any(row)]


def _json_rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFile("JSON 文件的格式不正确。") from None
    rows = body.get("results") if isinstance(body, dict) else body
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadFile("JSON 文件需要是回报的列表，或者在 results 中包含列表。")
    return [(line, {_HEADINGS.get(str(k), ""): v for k, v in row.items()}) for line, row in enumerate(rows, 1)]


def _row(line: int, row: Mapping[str, Any]) -> ResultRow:
    said = {name: str("" if row.get(name) is None else row[name]).strip() for name in set(_HEADINGS.values())}
    code = said["return_code"]
    number = int(code) if code.isascii() and code.isdigit() and len(code) == 1 else -1
    trading_code = said["trading_code"] if number == 0 else ""
    return ResultRow(line, said["number"], said["exchange"].upper(), number, trading_code)


def repeated(rows: Sequence[ResultRow]) -> set[int]:
    """Lines whose case and exchange stood in an earlier line already."""
    seen: set[tuple[str, str]] = set()
    found = set()
    for row in rows:
        key = (row.number, row.exchange)
        if key in seen:
            found.add(row.line)
        seen.add(key)
    return found
