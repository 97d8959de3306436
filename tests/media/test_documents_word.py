"""Word files become Markdown; what is lost is said, what is hostile is refused before it is unpacked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from PIL import Image

from core.errors import BadFile
from core.rules.agreement_text import Weight, read_text
from media.documents.markdown import fill_template
from media.documents.word import MOST_BYTES, read_word


def word(write: Callable[[Any], object]) -> bytes:
    document = docx.Document()
    write(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def contract(document: Any) -> None:
    document.add_heading("第一条 目的", 1)
    paragraph = document.add_paragraph("甲方")
    paragraph.add_run("应当").bold = True
    paragraph.add_run("阅读{{客户姓名}}，")
    paragraph.add_run("尽快").italic = True
    document.add_heading("细则", 2)
    for text in ("其一", "其二"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("圆点", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("项目", "金额", "手续费", "2|元"), strict=True
    ):
        cell.text = text


def test_headings_bold_lists_and_tables_come_along() -> None:
    found = read_word(word(contract))
    assert found.text == (
        "# 第一条 目的\n\n甲方**应当**阅读{{客户姓名}}，尽快\n\n## 细则\n\n1. 其一\n2. 其二\n\n- 圆点\n\n"
        "| 项目 | 金额 |\n| -- | -- |\n| 手续费 | 2\\|元 |"
    )
    assert found.lost == ("1 处斜体变成了普通文字。",)
    blocks = fill_template(found.text, {"客户姓名": "张三"})
    assert [each["kind"] for each in blocks] == ["heading", "paragraph", "heading", "list", "list", "table"]
    assert [each for each in read_text(found.text, ["客户姓名"]) if each.weight is Weight.ERROR] == []


def test_pictures_headers_links_and_styles_are_told_as_lost() -> None:
    def write(document: Any) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (20, 20), "red").save(picture, "PNG")
        picture.seek(0)
        document.add_picture(picture)
        document.sections[0].header.paragraphs[0].text = "页眉"
        document.add_paragraph("引文", style="Intense Quote")
        table = document.add_table(1, 2)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "合"

    found = read_word(word(write))
    assert set(found.lost) == {
        "页眉没有导入。", "1 张图片没有导入。", "1 个合并的单元格已拆开。", "样式“Intense Quote”没有导入，文字已保留。",
    }  # fmt: skip
    assert "引文" in found.text


@pytest.mark.parametrize(
    "text",
    ["# 不是标题", "1. 不是列表", "- 不是列表", "> 不是引用", "**不是粗体**", "| 不是 | 表格 |", "---", "a*b\\c"],
)
def test_what_looks_like_markdown_stays_text(text: str) -> None:
    found = read_word(word(lambda document: document.add_paragraph(text)))
    (block,) = fill_template(found.text, {})
    assert block["kind"] == "paragraph"
    assert "".join(piece["text"] for piece in block["body"]) == text


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_document(xml: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(word(lambda _: None))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed({**parts, "word/document.xml": xml})


ENTITY = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'
DEEP = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"

NESTED = b"".join(b"<w:p w:rsidR='%08x'>" % (each * 2654435761 % 2**32) for each in range(3000))


@pytest.mark.parametrize("data", [
    b"", b"%PDF-1.7", b"PK\x03\x04broken", packed({"a.txt": b"a"}),
    with_document(ENTITY.encode()), with_document(ENTITY.encode("utf-16")), with_document(b"no xml"),
    with_document(b"<?xml version='1.0'?><w:document"),
    with_document(DEEP + NESTED + b"</w:p>" * 3000 + b"</w:body></w:document>"),
    packed({f"word/{n}.xml": b"" for n in range(501)}),
], ids=range(10))  # fmt: skip
def test_what_is_no_word_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadFile, match="无法读取"):
        read_word(data)


def test_bombs_are_refused_by_what_they_say_of_themselves() -> None:
    with pytest.raises(BadFile, match="过大"):
        read_word(with_document(b"<w>" + b" " * 6_000_000 + b"</w>"))
    with pytest.raises(BadFile, match="过大"):
        read_word(with_document(b"<w>" + b" " * 4_000_000 + b"</w>"))
    with pytest.raises(BadFile, match="超过 5 MB"):
        read_word(b"PK" + b"\0" * MOST_BYTES)


def test_an_archive_that_lies_about_a_size_is_refused() -> None:
    data = bytearray(with_document(b"<w>" + b"x" * 100_000 + b"</w>"))
    size = (100_007).to_bytes(4, "little")
    assert data.count(size) >= 2
    with pytest.raises(BadFile):
        read_word(bytes(data).replace(size, (50).to_bytes(4, "little")))


def test_a_style_map_in_the_file_is_not_followed() -> None:
    with zipfile.ZipFile(io.BytesIO(word(lambda document: document.add_paragraph("正文")))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    found = read_word(packed({**parts, "mammoth/style-map": b"p => h1:fresh"}))
    assert found.text == "正文"
