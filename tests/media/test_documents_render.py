"""Agreements: what a template may hold, what a value can never do, and what the PDF shows."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotConfigured
from core.ports_documents import MissingGlyph, TemplateIncomplete
from media.documents.fonts import _document_faces, choose_families, coverage, document_families, missing_glyphs
from media.documents.markdown import clean_value, variables_of
from media.documents.reading import to_reading_html
from media.documents.render import PAGE_HEIGHT, render_agreement
from tests.media.documents_tools import TEMPLATE, header

NOW = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
VALUES = {"客户姓名": "样张三", "客户号": "C2026000001"}
HOSTILE = '#read("/etc/passwd") $x$ <a> **粗** `c` {{客户号}} \\n | "引" #include "x" @label *b* = h'


def words(pdf: bytes) -> str:
    """The text of a PDF without spaces, as pdftotext reads it."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, timeout=30, check=True)
    return re.sub(r"\s", "", done.stdout.decode())


def test_a_document_shows_text_values_and_footer():
    made = render_agreement("期货交易风险说明书（样张）", TEMPLATE, VALUES, header(NOW))
    shown = words(made.pdf)
    for each in ("期货交易风险说明书（样张）", "本说明书由样张三阅读", "（1）请妥善保管", "您的客户号为C2026000001"):
        assert each in shown
    assert "FXSM·2026.3版·受理单号1320261120000177第1页，共1页" in shown
    assert "签署日期：2026年11月20日" in shown
    assert b"<pdfaid:part>4</pdfaid:part>" in made.pdf


def test_equal_input_gives_equal_bytes():
    one, two = (render_agreement("样张", TEMPLATE, VALUES, header(NOW)) for _ in range(2))
    assert one == two
    assert render_agreement("样张", TEMPLATE, {**VALUES, "客户号": "C2"}, header(NOW)).sha256 != one.sha256


@pytest.mark.parametrize("repeat", [1, 7, 20])
def test_places_are_on_the_last_page_and_apart(repeat):
    made = render_agreement("样张", TEMPLATE * repeat, VALUES, header(NOW))
    signature, seal = made.signature_place, made.seal_place
    assert signature.page == seal.page == made.pages - 1
    assert signature.x + signature.width < seal.x
    for place in (signature, seal):
        assert 0 < place.x < place.x + place.width < 596
        assert 60 < place.y < place.y + place.height < PAGE_HEIGHT - 60


def test_a_value_is_never_interpreted():
    made = render_agreement("样张", TEMPLATE, {**VALUES, "客户姓名": HOSTILE}, header(NOW))
    assert words(made.pdf).count(re.sub(r"\s", "", HOSTILE)) == 2


def test_a_name_and_a_title_are_never_interpreted():
    made = render_agreement("样张 #x $y$", "正文", {}, header(NOW, name="样 #read(1) <b>"))
    shown = words(made.pdf)
    assert "样张#x$y$" in shown
    assert "客户姓名：样#read(1)<b>" in shown


def test_the_text_itself_is_never_code():
    made = render_agreement("样张", '正文 #read("/etc/passwd") $x$ `a` <b>c</b> [d](http://e)', {}, header(NOW))
    assert '正文#read("/etc/passwd")$x$`a`<b>c</b>[d](http://e)' in words(made.pdf)


VISIBLE = st.characters(codec="gb2312", exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp"))


@settings(max_examples=5, deadline=None, derandomize=True)
@given(st.lists(st.text(VISIBLE, min_size=1, max_size=30), min_size=20, max_size=20))
def test_any_value_is_shown_as_it_is(values):
    template = "\n\n".join(f"甲{{{{值{n}}}}}乙" for n in range(20))
    made = render_agreement("样张", template, {f"值{n}": value for n, value in enumerate(values)}, header(NOW))
    shown = words(made.pdf)
    assert [value for value in values if f"甲{value}乙" not in shown] == []


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_value_is_harmless_html(value):
    page = to_reading_html("# {{值}}\n\n| {{值}} |\n|--|\n| {{值}} |\n\n1. {{值}}", {"值": value})
    allowed = r'</?(h2|table|thead|tbody|tr|td|p)>|<th scope="col">|</th>|</?div[^<>]*>|</?span[^<>]*>'
    assert "<" not in re.sub(allowed, "", page)


def test_reading_html_has_the_numbers_of_the_pdf():
    page = to_reading_html(TEMPLATE, VALUES)
    assert '<span class="clause-mark">（1）</span> 请妥善保管。' in page
    assert "<strong>注意：</strong>期货交易" in page
    assert "<h3>第一条　提示</h3>" in page
    assert "<td>样张三</td>" in page


def test_reading_html_escapes_the_text_of_staff_too():
    assert to_reading_html("<script>x</script>", {}) == "<p>&lt;script&gt;x&lt;/script&gt;</p>"


def test_the_variables_of_a_text():
    assert variables_of(TEMPLATE) == ["客户姓名", "客户号"]


def test_a_variable_without_value_stops_the_document():
    with pytest.raises(TemplateIncomplete):
        render_agreement("样张", TEMPLATE, {"客户号": "C1"}, header(NOW))
    with pytest.raises(TemplateIncomplete):
        to_reading_html(TEMPLATE, {})


def test_an_empty_value_is_struck_out():
    assert to_reading_html("甲{{值}}乙", {"值": " "}) == "<p>甲／乙</p>"


def test_control_and_direction_characters_are_dropped():
    assert clean_value("张\u202e三\x00\n丰 ") == "张三 丰"


@pytest.mark.parametrize("name", ["样𠮷", "𰻞样", "样·㐂〇"])
def test_rare_characters_that_a_font_has_are_printed(name):
    assert missing_glyphs(name) == []
    assert f"客户姓名：{name}" in words(render_agreement("样张", "正文", {}, header(NOW, name=name)).pdf)


@pytest.mark.parametrize("name", ["样\U0002fff0", "样\ue001", "葛\U000e0100"])
def test_rare_characters_that_no_font_has_stop_the_document(name):
    assert missing_glyphs(name) == [name[-1]]
    with pytest.raises(MissingGlyph) as caught:
        render_agreement("样张", TEMPLATE, {**VALUES, "客户姓名": name}, header(NOW))
    assert caught.value.characters == (name[-1],)
    assert name[-1] not in caught.value.text


@pytest.mark.parametrize("character", ["\U0002fff0", "\ue001"])
def test_the_typesetter_itself_never_prints_an_empty_box(character):
    with pytest.raises(MissingGlyph):
        render_agreement("样张", f"正文{character}", {}, header(NOW))


def test_coverage_agrees_with_fontconfig():
    face = _document_faces()[0]
    out = subprocess.run(
        ["fc-query", "-f", "%{index}|%{charset}\n", face.path], capture_output=True, text=True, timeout=30, check=True
    )
    charset = next(line.split("|")[1] for line in out.stdout.splitlines() if line.startswith(f"{face.index}|"))
    known = set()
    for part in charset.split():
        first, _, last = part.partition("-")
        known |= set(range(int(first, 16), int(last or first, 16) + 1))
    assert {code for first, last in coverage(face) for code in range(first, last + 1)} == known


def test_no_chinese_font_is_said_clearly():
    with pytest.raises(NotConfigured) as caught:
        choose_families(["DejaVu Sans", "Liberation Serif"])
    assert "fonts-noto-cjk" in caught.value.text


def test_rare_fonts_come_after_the_carrying_ones():
    assert choose_families(["HanaMinB", "SimSun", "Noto Serif CJK SC"]) == ("Noto Serif CJK SC", "SimSun", "HanaMinB")
    assert document_families()[0] == "Noto Serif CJK SC"
