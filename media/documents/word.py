"""A Word file (.docx) as the Markdown of agreements, with a list of everything that could not come along.

Uploads are hostile: sizes are limited before anything is unpacked, parts that declare entities are refused, and only
the parts with text reach the reader (mammoth), from a fresh archive without pictures, macros and style maps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import mammoth

from core.errors import BadFile
from core.ports_documents import ImportedText

MOST_BYTES = 5 * 1024 * 1024
MOST_PART, MOST_UNPACKED, MOST_PARTS, MOST_RATIO = 5 * 1024 * 1024, 20 * 1024 * 1024, 500, 100
"""Bytes of one part and of all that are read; parts in the archive; unpacked by packed bytes."""
_TEXT_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|word/_rels/document\.xml\.rels|word/(document|styles|numbering|footnotes|endnotes)\.xml"
)
_STYLES = "\n".join(
    f"p[style-name='{name} {level}'] => h{level}:fresh"
    for name in ("标题", "Heading", "heading")
    for level in range(1, 4)
)
_BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "table")
_UNREADABLE = "无法读取该文件。请用 Word 另存为 .docx 格式后再上传。"


def read_word(data: bytes) -> ImportedText:
    """The text of a .docx file; BadFile with a sentence where it is too large, broken or not one."""
    clean, found = _clean(data)
    images: list[None] = []

    def leave_out(_image: Any) -> list[Any]:
        images.append(None)
        return []

    try:
        made = mammoth.convert_to_html(
            BytesIO(clean), style_map=_STYLES, include_embedded_style_map=False, convert_image=leave_out
        )
        tree = _Tree()
        tree.feed(made.value)
    except (RecursionError, Exception) as error:
        raise BadFile(_UNREADABLE) from error
    writer = _Writer()
    text = "\n\n".join(filter(None, writer.blocks(tree.root)))
    styles = (
        re.search(r"Unrecognised (?:paragraph|run) style: '?([^'(]+)", str(each.message)) for each in made.messages
    )
    lost = [*found, *writer.lost_words()]
    lost += [f"{len(images)} 张图片没有导入。"] if images else []
    names = dict.fromkeys(match.group(1).strip() for match in styles if match)
    lost += [f"样式“{name}”没有导入，文字已保留。" for name in names]
    return ImportedText(text, tuple(lost))


# -- the archive
def _clean(data: bytes) -> tuple[bytes, list[str]]:
    """An archive with the parts that hold text, and what the others held."""
    if len(data) > MOST_BYTES:
        raise BadFile(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请去掉图片后再上传。")
    try:
        with ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
            _refuse_bombs(infos)
            parts = {info.filename: archive.read(info) for info in infos if _TEXT_PARTS.fullmatch(info.filename)}
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise BadFile(_UNREADABLE) from error
    except Exception as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(_UNREADABLE) from error  # zlib.error and whatever a broken archive makes of it
    if "word/document.xml" not in parts or any(_declares(each) for each in parts.values()):
        raise BadFile(_UNREADABLE)
    out = BytesIO()
    with ZipFile(out, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue(), list(_other_parts([info.filename for info in infos], parts))


def _refuse_bombs(infos: list[ZipInfo]) -> None:
    """By what the archive says of itself; `ZipFile.read` gives no more bytes than that."""
    read = [info for info in infos if _TEXT_PARTS.fullmatch(info.filename)]
    if len(infos) > MOST_PARTS or len({info.filename for info in read}) != len(read):
        raise BadFile(_UNREADABLE)
    if any(info.file_size > MOST_PART or info.file_size > MOST_RATIO * max(info.compress_size, 1) for info in read):
        raise BadFile("文件内容过大，不能导入。请只保留协议正文后再上传。")
    if sum(info.file_size for info in read) > MOST_UNPACKED:
        raise BadFile("文件内容过大，不能导入。请只保留协议正文后再上传。")


def _declares(part: bytes) -> bool:
    """Whether a part brings its own document type (entities), in any encoding that an XML parser reads."""
    plain = part.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain or not part.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def _other_parts(names: list[str], parts: dict[str, bytes]) -> Iterator[str]:
    kinds = {
        r"word/header\d*\.xml": "页眉", r"word/footer\d*\.xml": "页脚", r"word/comments\.xml": "批注",
        r"word/charts/.+": "图表", r"word/embeddings/.+": "嵌入的文件", r".*vbaProject\.bin": "宏",
    }  # fmt: skip
    for pattern, title in kinds.items():
        if any(re.fullmatch(pattern, name) for name in names):
            yield f"{title}没有导入。"
    document = parts["word/document.xml"]
    if b"<w:del " in document or b"<w:ins " in document:
        yield "文件中有修订记录：已按接受全部修订导入。"
    if b"<w:txbxContent" in document:
        yield "文本框的位置没有导入，请核对文字。"
    if b"<m:oMath" in document:
        yield "公式没有导入。"
    formats = re.findall(rb'<w:lvlText w:val="([^"]*)"', parts.get("word/numbering.xml", b""))
    if b"<w:numPr" in document and any(
        re.search(r"[^%\d.、()（）\s]", each.decode(errors="replace")) for each in formats
    ):
        yield "自动编号（如“第一条”）的文字没有导入，请在标题中补写。"


# -- from the reader's HTML to Markdown
class _Node:
    """An element with its children; a text is a node without a tag."""

    def __init__(self, tag: str = "", text: str = "", attrs: Iterable[tuple[str, str | None]] = ()) -> None:
        self.tag, self.text, self.attrs = tag, text, dict(attrs)
        self.children: list[_Node] = []


class _Tree(HTMLParser):
    """The reader's HTML, which is well-formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, attrs=attrs)
        self._open[-1].children.append(node)
        if tag not in ("br", "img", "input"):
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(_Node(text=data))


_LOST = {
    "em": "处斜体变成了普通文字", "a": "个链接只保留了文字",
    "sup": "处上标变成了普通文字", "sub": "处下标变成了普通文字",
    "s": "处删除线变成了普通文字，请确认是否应删除", "span": "个合并的单元格已拆开", "input": "个勾选框没有导入",
}  # fmt: skip


class _Writer:
    """Writes blocks, and counts what Markdown of agreements has no form for."""

    def __init__(self) -> None:
        self.lost: Counter[str] = Counter()

    def lost_words(self) -> list[str]:
        """What was lost, as sentences."""
        return [f"{self.lost[kind]} {words}。" for kind, words in _LOST.items() if self.lost[kind]]

    def blocks(self, parent: _Node) -> Iterator[str]:
        """Each block of the text; inline text beside blocks is a paragraph of its own."""
        for node in parent.children:
            if node.tag in ("ul", "ol"):
                yield "\n".join(self._list(node, 0))
            elif node.tag == "table":
                yield self._table(node)
            elif re.fullmatch("h[1-6]", node.tag):
                words = self._inline(node).replace("\n", " ").replace("**", "").strip()
                yield f"{'#' * min(int(node.tag[1]), 3)} {words}" if words else ""
            else:
                yield _guarded(self._inline(node).strip())

    def _list(self, node: _Node, depth: int) -> Iterator[str]:
        for number, item in enumerate((each for each in node.children if each.tag == "li"), 1):
            mark = f"{number}. " if node.tag == "ol" else "- "
            inner = [each for each in item.children if each.tag not in ("ul", "ol")]
            words = "".join(map(self._inline_of, inner)).replace("\n", " ").strip()
            yield f"{' ' * depth}{mark}{words}"
            for nested in (each for each in item.children if each.tag in ("ul", "ol")):
                yield from self._list(nested, depth + len(mark))

    def _table(self, node: _Node) -> str:
        rows = [[self._cell(cell) for cell in row.children if cell.tag in ("td", "th")] for row in _rows(node)]
        columns = max((len(row) for row in rows), default=0)
        if not columns:
            return ""
        filled = [row + [""] * (columns - len(row)) for row in rows]
        filled.insert(1, ["--"] * columns)
        return "\n".join(f"| {' | '.join(row)} |" for row in filled)

    def _cell(self, node: _Node) -> str:
        if {"colspan", "rowspan"} & set(node.attrs):
            self.lost["span"] += 1
        parts = (self._inline_of(each).strip() for each in node.children)
        return " ".join(filter(None, parts)).replace("\n", " ").replace("|", "\\|")

    def _inline(self, node: _Node) -> str:
        if not node.tag:
            return _escaped(node.text)
        return (
            self._inline_of(node)
            if node.tag in ("strong", "br", *_LOST)
            else "".join(map(self._inline_of, node.children))
        )

    def _inline_of(self, node: _Node) -> str:
        if not node.tag:
            return _escaped(node.text)
        if node.tag in _LOST and (node.tag != "a" or node.attrs.get("href")):
            self.lost[node.tag] += 1
        if node.tag == "br":
            return "\n"
        words = "".join(map(self._inline_of, node.children))
        return f"**{words.strip()}**" if node.tag == "strong" and words.strip() else words


def _rows(table: _Node) -> Iterator[_Node]:
    for each in table.children:
        if each.tag == "tr":
            yield each
        elif each.tag in ("thead", "tbody"):
            yield from _rows(each)


def _escaped(text: str) -> str:
    """Text that stays text; {{变量}} may have been typed in Word and is meant."""
    return re.sub(r"([\\*])", r"\\\1", text.replace("\u00a0", " ").replace("\t", " "))


def _guarded(paragraph: str) -> str:
    """A paragraph whose first characters would make it a heading, a list, a quote or a rule."""
    lines = (re.sub(r"^\s*(#{1,6}\s|>|[-+]\s|\||-{3,}$)", r"\\\1", line.strip()) for line in paragraph.split("\n"))
    return "\n".join(re.sub(r"^(\d{1,9})([.)])(\s)", r"\1\\\2\3", line) for line in lines)
