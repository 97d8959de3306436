"""Checks of the firm's agreements before a second person is asked to approve them (R130).

Pure: what is to be checked, beside what, and on which day comes in; remarks come out. Nothing here is a matter of
taste where it says error: such a version would not print, would never be signed, or would change what was signed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.rules.agreement_conditions import LABELS, OLDEST
from core.rules.agreement_text import Remark, Weight, leftover, read_text
from core.sentence import Sentence

Row = Mapping[str, Any]

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,19}")
PLACES: Mapping[str, str] = {"sign_in": "登录时", "photos": "上传照片", "agreements": "阅读相关协议"}
"""Where an agreement is shown. The first two are read by name in the pages, so only those that exist stand there."""
FIRST = "risk_statement"
"""Signed before everything else (期货交易管理条例 art. 24)."""
ADULT = 18
MOST_TITLE, MOST_SECONDS, MOST_ORDER = 40, 600, 9999
READS_PER_SECOND = 200
"""Characters; whoever scrolls faster has not looked."""


@dataclass(frozen=True)
class Known:
    """What an agreement is held against.

    `used` has the text of every (code, version) that was ever put into force or is planned; `fixed` the place of the
    agreements that pages ask for by name; `titles` what conditions may name; `asks` which conditions a business can
    answer at all (part of the business -> conditions).
    """

    variables: Collection[str]
    today: date
    used: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asks: Mapping[str, Collection[str]] = field(default_factory=dict)


def check_list(rows: Sequence[Row], before: Sequence[Row], known: Known) -> dict[str, list[Remark]]:
    """Remarks by code for every agreement that is new or not as `before`; what the whole list lacks under ''."""
    old = {row["code"]: row for row in before}
    found = {str(row["code"]): check_agreement(row, rows, known) for row in rows if old.get(row["code"]) != row}
    missing = [code for code in known.fixed if code not in {row["code"] for row in rows}]
    lost = [
        _error(Sentence("不能停用《{title}》：办理页面需要这份文件。", title=old[code]["title"]))
        for code in missing
        if code in old
    ]
    return {**found, "": lost} if lost else found


def problems(found: Mapping[str, Iterable[Remark]]) -> list[Remark]:
    """The errors alone."""
    return [remark for remarks in found.values() for remark in remarks if remark.weight is Weight.ERROR]


def check_agreement(row: Row, rows: Sequence[Row], known: Known) -> list[Remark]:
    """Everything to be said about one agreement among all of them."""
    return [
        *_naming(row, known), *_against_others(row, rows), *_dates(row, known), *_place(row, rows, known),
        *_conditions(row["applies"], known), *read_text(row["text"], known.variables, row["title"]), *_reading(row),
    ]  # fmt: skip


def check_version(row: Row, known: Known) -> list[Remark]:
    """Only what the past forbids: a version with another text, a day that is over."""
    found = [*_used(row, known), *_dates(row, known)]
    return [remark for remark in found if remark.weight is Weight.ERROR]


def _error(text: str) -> Remark:
    return Remark(Weight.ERROR, text)


def _warning(text: str) -> Remark:
    return Remark(Weight.WARNING, text)


def _naming(row: Row, known: Known) -> Iterator[Remark]:
    title, code, version = str(row["title"]), str(row["code"]), str(row["version"])
    if not CODE.fullmatch(code):
        yield _error("代码应由小写字母、数字和下划线组成，以字母开头，最多 40 个字符。")
    if not title.strip():
        yield _error("没有填写协议名称。")
    elif len(title) > MOST_TITLE or re.search(r"[《》{}\n]", title):
        yield _error(Sentence("协议名称最多 {MOST_TITLE} 个字，不带书名号、花括号和换行。", MOST_TITLE=MOST_TITLE))
    elif test := leftover(title) or (title if title.isdigit() else ""):
        yield _error(Sentence("协议名称像是试写的：{test}。", test=test))
    if not version:
        yield _error("没有填写版本号。")
    elif not VERSION.fullmatch(version):
        yield _error("版本号只用数字、字母、点和短横线，最多 20 个字符，例如 2026.2。")
    yield from _used(row, known)


def _used(row: Row, known: Known) -> Iterator[Remark]:
    if known.used.get((row["code"], row["version"]), row["text"]) != row["text"]:
        yield _error(Sentence("版本 {version} 已经使用过，内容不能再改。请换一个新的版本号。", version=row["version"]))


def _against_others(row: Row, rows: Sequence[Row]) -> Iterator[Remark]:
    others = [each for each in rows if each is not row]
    words = re.sub(r"\s", "", row["text"])
    for other in others:
        if other["code"] == row["code"]:
            yield _error(Sentence("代码与《{title}》相同。", title=other["title"]))
        if other["title"].strip() == row["title"].strip():
            yield _error(Sentence("已有同名的协议《{title}》。", title=other["title"]))
        elif words and re.sub(r"\s", "", other["text"]) == words:
            yield _error(Sentence("正文与《{title}》完全相同。", title=other["title"]))
        if (other["place"], other["order"]) == (row["place"], row["order"]):
            yield _warning(Sentence("顺序与《{title}》相同，都是 {order}。", title=other["title"], order=row["order"]))


def _dates(row: Row, known: Known) -> Iterator[Remark]:
    try:
        day = date.fromisoformat(str(row["effective_from"]))
    except ValueError:
        yield _error("没有填写生效日期。")
        return
    if day < known.today and (row["code"], row["version"]) not in known.used:
        yield _error("生效日期已经过去。")
    elif (day - known.today).days > 366:
        yield _warning("生效日期在一年以后，请确认年份。")


def _place(row: Row, rows: Sequence[Row], known: Known) -> Iterator[Remark]:
    place, order = row["place"], row["order"]
    if place not in PLACES:
        yield _error("没有选择出现的步骤。")
    elif known.fixed.get(row["code"], "agreements") != place:
        yield _error(
            Sentence("这份协议只能出现在“{PLACES}”。", PLACES=PLACES[known.fixed.get(row["code"], "agreements")])
        )
    if not isinstance(order, int) or not 0 < order <= MOST_ORDER:
        yield _error(Sentence("顺序应是 1 到 {MOST_ORDER} 的整数。", MOST_ORDER=MOST_ORDER))
    elif place == "agreements" and row["signed"]:
        first = next((each for each in rows if each["code"] == FIRST), row)
        if row["code"] != FIRST and order <= first["order"]:
            yield _error(
                Sentence(
                    "《{title}》必须最先签署，请把顺序改为大于 {order}。", title=first["title"], order=first["order"]
                )
            )
        if row["code"] == FIRST and any(_before(each, row) for each in rows):
            yield _error(Sentence("《{title}》必须最先签署，请减小顺序。", title=row["title"]))
    if place == "sign_in" and row["signed"]:
        yield _error("登录时还没有数字证书，不能签署。")


def _before(other: Row, row: Row) -> bool:
    signed_there = other is not row and other["place"] == "agreements" and other["signed"]
    return bool(signed_there and other["code"] != FIRST and other["order"] <= row["order"])


def _reading(row: Row) -> Iterator[Remark]:
    seconds = row["min_read_seconds"]
    if not isinstance(seconds, int) or not 0 <= seconds <= MOST_SECONDS:
        yield _error(Sentence("最少阅读时间应是 0 到 {MOST_SECONDS} 秒。", MOST_SECONDS=MOST_SECONDS))
    elif seconds * READS_PER_SECOND < len(row["text"]):
        yield _warning(
            Sentence(
                "最少阅读时间 {seconds} 秒，全文 {count} 字，客户可能没有读完。",
                seconds=seconds,
                count=len(row["text"]),
            )
        )


def _conditions(conditions: Mapping[str, Any], known: Known) -> Iterator[Remark]:
    """Conditions that name what does not exist, or that no customer can ever meet."""
    for key, value in conditions.items():
        if key not in LABELS:
            yield _error(Sentence("不认识的适用条件：{key}。", key=key))
        elif key == "age":
            yield from _ages(value)
        elif key == "insisted":
            continue
        elif not value:
            yield _error(Sentence("适用条件“{LABELS}”没有选择任何一项，协议永远不会出现。", LABELS=LABELS[key]))
        elif strange := [str(code) for code in value if code not in known.titles.get(key, {})]:
            yield _error(
                Sentence("适用条件“{LABELS}”中没有这些选项：{listed}。", LABELS=LABELS[key], listed="、".join(strange))
            )
    yield from _never(conditions, known)


def _ages(value: Mapping[str, Any]) -> Iterator[Remark]:
    first, last = value.get("from"), value.get("to")
    if first is None and last is None:
        yield _error("适用条件“年龄”没有填写。")
    elif any(each is not None and not 0 <= int(each) <= OLDEST for each in (first, last)):
        yield _error(Sentence("年龄应在 0 到 {OLDEST} 周岁之间。", OLDEST=OLDEST))
    elif first is not None and last is not None and first > last:
        yield _error(Sentence("年龄从 {first} 到 {last} 周岁，协议永远不会出现。", first=first, last=last))
    elif last is not None and last < ADULT:
        yield _error(Sentence("未满 {ADULT} 周岁不能开户，协议永远不会出现。", ADULT=ADULT))


def _never(conditions: Mapping[str, Any], known: Known) -> Iterator[Remark]:
    """Conditions that exclude each other."""
    chosen = [each for each in conditions.get("business", known.asks) if each in known.asks]
    for key in ("part", "level", "exchange", "bank", "insisted"):
        if key in conditions and chosen and not _answerable(key, conditions[key], chosen, known):
            yield _error(Sentence("所选业务类型没有“{LABELS}”，协议永远不会出现。", LABELS=LABELS[key]))
    if conditions.get("insisted") is True and "ordinary" not in conditions.get("investor_class", ["ordinary"]):
        yield _error("只有普通投资者会选择高于自身等级的交易所，协议永远不会出现。")


def _answerable(key: str, value: Any, chosen: Iterable[str], known: Known) -> bool:
    harmless = value is False or (key == "part" and "other" in value)
    return harmless or any(key in known.asks[each] for each in chosen)
