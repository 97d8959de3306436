"""What is wrong with the text of an agreement before a customer sees it: Chinese sentences with line numbers (R130).

The part of Markdown that the PDF can show is told in media/documents/markdown.py: headings, paragraphs, lists, tables,
quotes, rules and **bold**. Everything else would be printed as the characters it is made of.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.sentence import Sentence

MOST_CHARACTERS = 60_000
"""A contract of about 60 pages."""
MOST_LEVEL = 3
MOST_COLUMNS = 6
LONGEST_WORD = 60
"""Characters without a place to break a line, about one line of the page."""


class Weight(StrEnum):
    """An error keeps a version from being proposed, a warning asks to look again."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing found; `line` counts from 1, 0 means the agreement as a whole."""

    weight: Weight
    text: str
    line: int = 0

    @property
    def said(self) -> str:
        """With its line, for a list."""
        return Sentence("第 {line} 行：{text}", line=self.line, text=self.text) if self.line else self.text


_VARIABLE = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")
_HEADING = re.compile(r" {0,3}(#{1,9})(\s+(.*?)\s*#*\s*|)$")
_WORDS = json.loads(Path(__file__).with_name("agreement_words.json").read_text("utf-8"))
"""What looks like a test, what should be looked at again, and what is better written otherwise."""
_LEFTOVER = re.compile(
    rf"{'|'.join(_WORDS['leftover']['case'])}|(?i:\b(?:{'|'.join(_WORDS['leftover']['words'])})\b)", re.M
)
_SAMPLE = re.compile("|".join(_WORDS["doubtful"]))
_UNKNOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)?"), "图片"),
    (re.compile(r"(?<!!)\[[^\]\n]*\]\([^)\n]*\)?|https?://\S+"), "网页链接"),
    (re.compile(r"^\s*```.*|`[^`\n]+`"), "代码"),
    (re.compile(r"</?[A-Za-z][^>\n]*>|<!--.*"), "网页标记"),
    (re.compile(r"~~[^~\n]+~~"), "删除线"),
    (re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s"), "勾选框"),
    (re.compile(r"\[\^[^\]\n]+\]"), "脚注"),
    (re.compile(r"(?<![*\\])\*(?![*\s])[^*\n]+(?<![\s*\\])\*(?!\*)"), "斜体"),
)
_NUMERALS = "零一二三四五六七八九"
_NUMBERED = re.compile(r"(?:第([零一二三四五六七八九十百]+)[条章]|([一二三四五六七八九十百]+)、)")


def read_text(text: str, variables: Collection[str], title: str = "") -> list[Remark]:
    """Everything to be said about a text, from its first line to its last; `variables` are those that can be filled.

    Whether the fonts have all its characters is asked elsewhere (`Papers.unprintable`).
    """
    if not text.strip():
        return [_error("正文为空。")]
    if len(text) > MOST_CHARACTERS:
        return [_error(Sentence("正文超过 {MOST_CHARACTERS} 个字，请分成几份协议。", MOST_CHARACTERS=MOST_CHARACTERS))]
    lines = text.splitlines()
    found = [remark for number, line in enumerate(lines, 1) for remark in _line(number, line, variables)]
    found += [*_headings(lines, title), *_bold(lines), *_tables(lines)]
    return sorted(found, key=lambda remark: remark.line)


def _error(text: str, line: int = 0) -> Remark:
    return Remark(Weight.ERROR, text, line)


def _warning(text: str, line: int = 0) -> Remark:
    return Remark(Weight.WARNING, text, line)


def leftover(text: str) -> str:
    """The first words that look like a test, empty when none do; for titles as well (R130: 《11111》)."""
    found = _LEFTOVER.search(text)
    return found.group() if found else ""


def _line(number: int, line: str, variables: Collection[str]) -> Iterator[Remark]:
    for name in dict.fromkeys(_VARIABLE.findall(line)):
        if name not in variables:
            yield _error(Sentence("未知变量 {{{{{name}}}}}，请从变量列表中选择。", name=name), number)
    rest = _VARIABLE.sub("", line)
    if "{{" in rest or "}}" in rest:
        yield _error("变量没有写完整，请写成 {{变量名}}，变量名只用汉字、字母和数字。", number)
    for pattern, what in _UNKNOWN:
        if hit := pattern.search(rest):
            yield _error(Sentence("PDF 不支持{what}：{_short}。", what=what, _short=_short(hit.group())), number)
    if test := leftover(rest):
        yield _error(Sentence("有试写的内容没有删除：{_short}。", _short=_short(test)), number)
    elif sample := _SAMPLE.search(rest):
        yield _warning(Sentence("有“{group}”字样，正式使用前请确认。", group=sample.group()), number)
    if any(unicodedata.category(each) in ("Cc", "Cf", "Co", "Cs") for each in line.replace("\t", "")):
        yield _error("有看不见的控制字符，请删除后重新输入这一行。", number)
    yield from _habits(number, rest)


def _habits(number: int, line: str) -> Iterator[Remark]:
    """What is not wrong but seldom meant."""
    for wrong, right in _WORDS["better"].items():
        if wrong in line:
            yield _warning(Sentence("“{wrong}”建议写作“{right}”。", wrong=wrong, right=right), number)
    if re.search(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]", line):
        yield _warning("汉字之间用了半角标点。", number)
    if re.search(rf"[!-~]{{{LONGEST_WORD},}}", line.replace("-", " ")):
        yield _warning("有很长的字母或数字，换行时会从中间断开。", number)
    if line.startswith(("    ", "\t")) and not re.match(r"\s+([-*+]|\d+[.)])\s", line):
        yield _warning("行首有空格，首行缩进由版式自动完成。", number)


def _headings(lines: list[str], title: str) -> Iterator[Remark]:
    """Levels, empty and repeated headings, and numbers that leave one out or come twice."""
    before, seen, last = 0, dict[str, int](), dict[tuple[int, str], int]()
    for number, line in enumerate(lines, 1):
        match = _HEADING.match(line)
        if not match:
            if re.match(r" {0,3}#{1,6}[^\s#]", line):
                yield _error("标题的 # 后面要有一个空格。", number)
            continue
        level, words = len(match.group(1)), (match.group(3) or "").strip()
        yield from _heading(number, level, words, before, seen.get(words, 0))
        if title and words == title:
            yield _warning("标题与协议名称相同，PDF 的首行已经印有协议名称。", number)
        before, seen[words] = level, number
        yield from _numbering(number, level, words, last)


def _heading(number: int, level: int, words: str, before: int, same: int) -> Iterator[Remark]:
    if not words:
        yield _error("标题是空的。", number)
    elif same:
        yield _warning(Sentence("标题与第 {same} 行相同。", same=same), number)
    if level > MOST_LEVEL:
        yield _error(Sentence("标题最多 {MOST_LEVEL} 级，请减少 #。", MOST_LEVEL=MOST_LEVEL), number)
    elif before and level > before + 1:
        yield _error(
            Sentence("标题从 {before} 级跳到了 {level} 级，中间缺少一级。", before=before, level=level), number
        )


def _numbering(number: int, level: int, words: str, last: dict[tuple[int, str], int]) -> Iterator[Remark]:
    match = _NUMBERED.match(words)
    if not match:
        return
    kind = words[match.end() - 1]
    value, before = _value(match.group(1) or match.group(2)), last.get((level, kind), 0)
    for deeper in [key for key in last if key[0] > level and key[1] != "条"]:  # articles count through all chapters
        del last[deeper]
    if value != before + 1:
        expected = Sentence("第 {before} 个", before=before + 1) if before else "第一个"
        yield _warning(
            Sentence("标题编号不连续：“{group}”应是{expected}。", group=match.group(), expected=expected), number
        )
    last[level, kind] = value


def _value(numeral: str) -> int:
    """一百零二 as a number, below a thousand."""
    total = digit = 0
    for each in numeral:
        if each in "十百":
            total += (digit or 1) * (10 if each == "十" else 100)
            digit = 0
        else:
            digit = _NUMERALS.index(each)
    return total + digit


def _bold(lines: list[str]) -> Iterator[Remark]:
    """`**` must be closed within its paragraph, heading, item or row."""
    start, count = 0, 0
    for number, line in enumerate([*lines, ""], 1):
        if not line.strip() or re.match(r"\s*([-*+]\s|\d+[.)]\s|#|\||>)", line):
            if count % 2:
                yield _error("加粗记号 ** 没有成对。", start)
            start, count = number, 0
        start = start if count else number
        count += line.replace("\\**", "").count("**")


def _tables(lines: list[str]) -> Iterator[Remark]:
    """A table needs the line of dashes below its head, and as many cells in each row."""
    number = 0
    while number < len(lines):
        if not lines[number].lstrip().startswith("|"):
            number += 1
            continue
        first = number
        while number < len(lines) and lines[number].lstrip().startswith("|"):
            number += 1
        yield from _table(lines[first:number], first + 1)
        if first and lines[first - 1].strip() and not lines[first - 1].lstrip().startswith("#"):
            yield _error("表格前面要空一行。", first + 1)


def _table(rows: list[str], first: int) -> Iterator[Remark]:
    if len(rows) < 2 or not re.fullmatch(r"\s*\|(\s*:?-+:?\s*\|)+\s*", rows[1]):
        yield _error("表格第二行应是分隔线，例如 |--|--|。", first)
        return
    columns = _cells(rows[0])
    if columns > MOST_COLUMNS:
        yield _error(
            Sentence("表格最多 {MOST_COLUMNS} 列，现在有 {columns} 列。", MOST_COLUMNS=MOST_COLUMNS, columns=columns),
            first,
        )
    for number, row in enumerate(rows[1:], first + 1):
        if _cells(row) != columns:
            yield _error(
                Sentence("表格这一行有 {_cells} 格，表头有 {columns} 格。", _cells=_cells(row), columns=columns), number
            )


def _cells(row: str) -> int:
    return len(re.findall(r"(?<!\\)\|", row.strip().rstrip("|") + "|")) - 1


def _short(text: str) -> str:
    words = text.strip()
    return words if len(words) <= 20 else f"{words[:20]}…"
