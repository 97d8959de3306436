"""Agreements rendered with whatever people are called and write: nothing fails, overflows, is lost or becomes markup.

`python -m tests.prove.agreements --count 500` (make prove-agreements). Half of the texts are the firm's own first
ones, half are put together at random from everything that staff may write. What pdftotext (poppler) reads from the
file is held against what was agreed, character by character; pyHanko tells whether the file has links or actions.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from core.defaults import load_kind
from core.ports_documents import AgreementHeader
from media.documents.fonts import missing_glyphs
from media.documents.markdown import Node, clean_value, fill_template, variables_of
from media.documents.render import PAGE_HEIGHT, render_agreement

MARGIN = 24 * 72 / 25.4
WIDTH = 210 * 72 / 25.4
SLACK = 1.5
"""Points by which a glyph's box may stand out where nothing is cut off (hanging punctuation, bearings)."""
HANGING, HANGS = "，。、：；？！）】》」”’.,-", 9.5
OPENING = "（【《「“‘，。、"
"""Punctuation at the ends of a line: half of its box is blank and may stand in the margin (half of a title's 18 pt)."""
RARE = "𠮷㐂〇龘靐䶮𪚥㛃㛄垚犇骉㙓𬴊𬍛䲜𫍽亖燚淼鱻嘂囍丂亍"
SURNAMES = "王李张刘陈欧阳上官尉迟赵钱孙周吴郑冯褚卫蒋沈韩杨朱秦尤许何吕施"
COMMON = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉梅建国志远子涵雨桐梓萱浩然"
STREETS = "省市区县镇乡村路街巷弄号楼单元室花园小区大厦开发科技工业园人民解放建设中山北京南京西东南北新华"
MARKUP = (
    '#read("/etc/passwd")', "$x^2$ \\alpha", "<script>alert(1)</script>", "**粗** __下__ *斜*", "{{客户姓名}}",
    "| 甲 | 乙 |", "# 一级标题", "```js", "[链接](http://a.example)", "![图](a.png)", "a\n\n## 标题\n\n- 项",
    "#pagebreak() @label <label>", "\\ \\\\ \\n \\u{202e}", '"引" \'号\' “双”', "1. 第一\n2. 第二", "> 引用", "---",
    "=== 标题",
    "&lt;b&gt; &amp;", "%PDF-1.7 /JavaScript (x)", "甲\u202e乙\u200b丙\x07丁", "`代码` //注释 /* 块 */", "~~删~~ ~ ~",
)  # fmt: skip


@dataclass
class Tally:
    """What came out."""

    made: int = 0
    pages: int = 0
    problems: list[str] = field(default_factory=list)


def people(dice: random.Random) -> str:
    """A name: plain, with rare characters, of many syllables, foreign without a space, or an attack."""
    kind = dice.randrange(6)
    plain = dice.choice(SURNAMES) + "".join(dice.sample(COMMON, dice.randint(1, 2)))
    if kind == 0:
        return dice.choice(SURNAMES) + "".join(dice.choice(_printable_rare()) for _ in range(dice.randint(1, 3)))
    if kind == 1:
        return "·".join("".join(dice.sample(COMMON, dice.randint(2, 9))) for _ in range(dice.randint(2, 9)))
    if kind == 2:
        return "".join(dice.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(dice.randint(30, 120)))
    if kind == 3:
        return plain + dice.choice(MARKUP)
    return plain


def address(dice: random.Random) -> str:
    """An address: short, very long, without any place to break a line, or an attack."""
    kind = dice.randrange(4)
    if kind == 0:
        return "".join(dice.choice(STREETS) for _ in range(dice.randint(150, 400)))
    if kind == 1:
        return "".join(dice.choice("abcdefghij0123456789/_.") for _ in range(dice.randint(80, 300)))
    if kind == 2:
        return "".join(dice.choice(MARKUP) for _ in range(dice.randint(1, 6)))
    return "".join(dice.choice(STREETS) for _ in range(dice.randint(8, 30))) + f"{dice.randint(1, 999)}号"


def _printable_rare() -> list[str]:
    lacking = missing_glyphs(RARE)
    return [each for each in RARE if each not in lacking]


def value(dice: random.Random) -> str:
    """What may stand for any variable."""
    return dice.choice((people, address, lambda d: "", lambda d: d.choice(MARKUP), lambda d: "C3 稳健型"))(dice)


def text(dice: random.Random, variables: list[str]) -> str:
    """An agreement as staff might write it, with variables everywhere they can stand."""
    blocks = [dice.choice(_BLOCKS)(dice, variables) for _ in range(dice.randint(4, 25))]
    return "\n\n".join(blocks)


def _words(dice: random.Random, variables: list[str], most: int = 80) -> str:
    said = "".join(
        dice.choice("本公司按照有关规定向您说明期货交易的风险、费用和程序，请阅读。")
        for _ in range(dice.randint(4, most))
    )
    said = said.strip("，。、") or "说明"
    place = dice.randint(0, len(said))
    if dice.random() < 0.6:
        said = said[:place] + "{{" + dice.choice(variables) + "}}" + said[place:]
    return f"**{said}**" if dice.random() < 0.15 else said


def _items(dice: random.Random, variables: list[str]) -> str:
    ordered = dice.random() < 0.7
    lines = []
    for number in range(1, dice.randint(2, 9)):
        lines.append((f"{number}. " if ordered else "- ") + _words(dice, variables))
        if dice.random() < 0.3:
            lines += [("   " if ordered else "  ") + f"{k}. " + _words(dice, variables, 30) for k in (1, 2)]
    return "\n".join(lines)


def _table(dice: random.Random, variables: list[str]) -> str:
    columns = dice.randint(2, 6)
    rows = [[_words(dice, variables, 20) for _ in range(columns)] for _ in range(dice.randint(2, 6))]
    rows.insert(1, [dice.choice(("--", ":--", "--:", ":-:")) for _ in range(columns)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


_BLOCKS = (
    lambda d, v: f"{'#' * d.randint(1, 3)} {_words(d, v, 20)}",
    lambda d, v: _words(d, v, 300),
    lambda d, v: "\n".join(_words(d, v) for _ in range(3)),
    lambda d, v: f"> {_words(d, v)}",
    lambda d, v: "---",
    _items,
    _table,
)


def said(title: str, blocks: list[Node], header: AgreementHeader) -> list[tuple[str, bool]]:
    """All that the file must show, in order, without spaces and footers; True: a table that pages may tear apart."""
    day = header.rendered_at + timedelta(hours=8)
    last = [
        f"客户姓名：{clean_value(header.customer_name)}", "客户签名：", f"签署日期：{day:%Y年%m月%d日}",
        f"公司名称：{clean_value(header.firm_name)}", "公司盖章：",
    ]  # fmt: skip
    shown = [(_shown(each), not all([*each.get("whole", []), each.get("repeat", True)])) for each in blocks]
    return [(bare(words), torn) for words, torn in [(clean_value(title), False), *shown, ("".join(last), False)]]


def difference(there: str, wanted: list[tuple[str, bool]]) -> str:
    """Where what is read parts from what was agreed; empty where it is the same.

    A row that is longer than a page comes out page by page and not cell by cell: there the same characters must be
    found, in whatever order.
    """
    at = 0
    for words, torn in wanted:
        part = there[at : at + len(words)]
        same = Counter(part) == Counter(words) if torn else part == words
        if not same:
            first = next((n for n, (one, two) in enumerate(zip(part, words, strict=False)) if one != two), len(part))
            return f"{part[max(0, first - 8) : first + 12]!r} for {words[max(0, first - 8) : first + 12]!r}"
        at += len(words)
    return repr(there[at : at + 20]) if there[at:] else ""


def _shown(node: Node) -> str:
    if "text" in node:
        return str(node["text"])
    if node["kind"] == "list":
        return "".join(item["mark"] + "".join(map(_shown, item["body"])) for item in node["items"])
    if node["kind"] == "table":
        return "".join(_shown(piece) for row in [node["head"], *node["rows"]] for cell in row for piece in cell)
    return "".join(map(_shown, node.get("body", [])))


def bare(words: str) -> str:
    """Without white space, which the typesetter chooses."""
    return re.sub(r"\s", "", words)


def read(pdf: bytes, footer: str, heads: list[str]) -> str:
    """What poppler reads from a file in the order of its content, without white space, footers and repeated heads."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, timeout=60, check=True)
    pages, found = [bare(page) for page in done.stdout.decode().split("\f")[:-1]], ""
    for number, page in enumerate(pages, 1):
        end = f"{bare(footer)}第{number}页，共{len(pages)}页"
        again = next((head for head in heads if head in found and page.startswith(head)), "")
        found += page.removesuffix(end).removeprefix(again) if page.endswith(end) else f"?{page}"
    return found


def heads(blocks: list[Node]) -> list[str]:
    """The heads of tables that come again on the next page."""
    return [
        bare("".join(_shown(piece) for cell in each["head"] for piece in cell)) for each in blocks if each.get("repeat")
    ]


_BOX = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', re.S)


def overflow(pdf: bytes) -> Iterator[str]:
    """Words outside of the margins, and words printed over each other."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, timeout=60, check=True)
    for number, page in enumerate(done.stdout.decode().split("<page ")[1:], 1):
        boxes = [(*map(float, match.groups()[:4]), unescape(match.group(5))) for match in _BOX.finditer(page)]
        for left, top, right, bottom, word in boxes:
            most = WIDTH - MARGIN + (HANGS if word[-1] in HANGING else SLACK)
            least = MARGIN - (HANGS if word[0] in OPENING else SLACK)
            if left < least or right > most or top < 0 or bottom > PAGE_HEIGHT:
                yield f"page {number}: {word[:20]!r} stands out of the margins ({left:.0f} to {right:.0f})"
        yield from (f"page {number}: {one[:20]!r} lies on {two[:20]!r}" for one, two in _covered(boxes))


def _covered(boxes: list[Any]) -> Iterator[tuple[str, str]]:
    for place, (left, top, right, bottom, word) in enumerate(boxes):
        for left_2, top_2, right_2, bottom_2, other in boxes[place + 1 :]:
            wide = min(right, right_2) - max(left, left_2)
            high = min(bottom, bottom_2) - max(top, top_2)
            loose = 1 if word[-1] in HANGING or other[0] in HANGING else 0.5
            if wide > loose * high and high > 0.6 * min(bottom - top, bottom_2 - top_2):
                yield word, other


def active(pdf: bytes) -> Iterator[str]:
    """Links, actions, scripts and attached files."""
    root = PdfFileReader(BytesIO(pdf)).root
    yield from (f"the file has {key}" for key in ("/OpenAction", "/AA", "/AcroForm") if key in root)
    names = root.get("/Names", {})
    yield from (f"the file has {key}" for key in ("/JavaScript", "/EmbeddedFiles") if key in names)
    pages = list(root["/Pages"]["/Kids"])
    while pages:
        page = pages.pop().get_object()
        pages += page.get("/Kids", [])
        if page.get("/Annots"):
            yield "a page has a link"


def shape(blocks: list[Node]) -> Any:
    """The blocks without their words."""
    return [
        (node["kind"], node.get("level"), [shape(item["body"]) for item in node.get("items", [])],
         [len(row) for row in node.get("rows", [])], shape(node["body"]) if node["kind"] == "quote" else None)
        for node in blocks
    ]  # fmt: skip


def prove_one(number: int, seed: int, tally: Tally) -> None:
    """One agreement; what is wrong with it goes to the tally."""
    dice = random.Random(f"{seed}-{number}")
    body = load_kind("agreements")
    variables = [each["name"] for each in body["variables"]]
    row = dice.choice(body["agreements"])
    template = row["text"] if number % 2 else text(dice, variables)
    title = row["title"] if number % 2 else _words(dice, ["x"], 30).replace("{{x}}", "").strip("*") or "协议"
    values = {name: value(dice) for name in variables} | {"客户姓名": people(dice), "联系地址": address(dice)}
    header = AgreementHeader(
        row["code"],
        "2026.3",
        "1320261120000177",
        "样张期货有限公司",
        values["客户姓名"],
        datetime(2026, 11, 20, 3, tzinfo=UTC),
    )
    blocks = fill_template(template, values)
    made = render_agreement(title, template, values, header)
    footer = f"{header.code} · {header.version} 版 · 受理单号 {header.case_number}"
    found = [*overflow(made.pdf), *active(made.pdf)]
    if wrong := difference(read(made.pdf, footer, heads(blocks)), said(title, blocks, header)):
        found.append(f"the file does not say what was agreed: {wrong}")
    if shape(blocks) != shape(fill_template(template, dict.fromkeys(variables, "甲"))):
        found.append("a value became markup")
    if missing := [name for name in variables_of(template) if name not in values]:
        found.append(f"variables without value: {missing}")
    tally.made, tally.pages = tally.made + 1, tally.pages + made.pages
    tally.problems += [f"agreement {number}: {each}" for each in found]


def prove(count: int, seed: int = 1) -> Tally:
    """Render and read that many agreements."""
    tally = Tally()
    for number in range(count):
        try:
            prove_one(number, seed, tally)
        except Exception as error:  # noqa: BLE001 - a failure is what is counted
            tally.problems.append(f"agreement {number}: {type(error).__name__}: {str(error)[:120]}")
    return tally


def main() -> int:
    """Count, print, and fail where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = prove(options.count, options.seed)
    for problem in tally.problems[:40]:
        print(problem)
    print(f"{tally.made} of {options.count} agreements, {tally.pages} pages, {len(tally.problems)} problems")
    return 1 if tally.problems or tally.made != options.count else 0


if __name__ == "__main__":
    sys.exit(main())
