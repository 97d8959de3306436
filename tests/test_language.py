"""English is complete: every Chinese text of the pages passes through the catalogue, and nothing in it is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from core.sentence import Sentence, listed
from pages.parts.components.script_texts import texts_of_script, translated
from pages.parts.language import _, speak
from tests.language import CHINESE, NO_PAGES, ROOT, catalogue, messages, placeholders, python_files, texts_of, wrapped

BARE = {
    "pages/parts/language.py": "the name of a language is in that language",
    "pages/parts/papers_text.py": "the name of a field of an agreement, which stays Chinese",
    "pages/parts/charts.py": "units of the core that are compared",
    "pages/staff/reservations.py": "an option that is compared; its title is translated by format_func",
    "pages/staff/review.py": "options that are compared; their titles are translated by format_func",
    "pages/routes/documents.py": "the name of a file",
}
"""Files of pages in which a Chinese text inside a function stands by itself, and why."""


def _in_function(around: list[ast.AST]) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.Lambda) for node in around)


def _default(node: ast.AST, around: list[ast.AST]) -> bool:
    """Whether a text is what a parameter is without an argument, or an option of a widget by `format_func=_`."""
    return any(isinstance(each, ast.arguments) for each in around) and node is not None


def test_every_text_of_a_page_is_translated_where_it_is_said() -> None:
    """Constants of a module are translated where they are shown, so that one import serves both languages."""
    bare = [
        f"{name}:{node.lineno} {ast.unparse(node)[:40]}"
        for path in python_files("pages")
        if (name := str(path.relative_to(ROOT))) not in BARE
        for node, around in texts_of(path)
        if _in_function(around) and not wrapped(node, around) and not _default(node, around)
    ]
    assert bare == []


def test_no_exemption_is_left_over() -> None:
    for name in (*BARE, *NO_PAGES):
        assert any(texts_of(ROOT / name)), f"{name} says nothing in Chinese any more"


def test_the_catalogue_knows_every_text() -> None:
    known = {str(message.id) for message in catalogue() if message.id}
    assert sorted(set(messages()) - known) == [], "run python -m tests.language"
    assert sorted(known - set(messages())) == [], "run python -m tests.language"


def test_every_text_has_its_english() -> None:
    entries = [message for message in catalogue() if message.id]
    assert [str(message.id) for message in entries if not message.string] == []
    assert [str(message.id) for message in entries if message.fuzzy] == []


def test_translations_have_the_same_values() -> None:
    differ = [
        str(message.id)
        for message in catalogue()
        if message.id and placeholders(str(message.id)) != placeholders(str(message.string))
    ]
    assert differ == []


def test_translations_have_the_same_markup() -> None:
    marks = re.compile(r"\*\*|:material/\w+:|</?\w+|\$\{\w+|^#+ |^\|", re.MULTILINE)
    differ = [
        str(message.id)
        for message in catalogue()
        if message.id and sorted(marks.findall(str(message.id))) != sorted(marks.findall(str(message.string)))
    ]
    assert differ == []


def test_english_has_no_chinese_punctuation() -> None:
    """Quotes and names in Chinese characters may stand in an English sentence, its punctuation may not."""
    odd = re.compile(r"[，。；：？！（）《》、]")
    kept = {"：－—–~～至", "。.，,", "？"}
    found = [str(m.string) for m in catalogue() if m.id and m.id not in kept and odd.search(str(m.string))]
    assert found == []


@pytest.fixture
def english() -> Iterator[None]:
    speak("en")
    yield
    speak("zh")


@pytest.mark.usefixtures("english")
def test_a_sentence_is_said_with_its_values() -> None:
    said = Sentence("您的适当性评估已于 {ends} 到期。请先重新评估，再增开交易编码。", ends="2026-01-31")
    assert said == "您的适当性评估已于 2026-01-31 到期。请先重新评估，再增开交易编码。"
    assert (
        _(said)
        == "Your suitability assessment expired on 2026-01-31. Please take it again first, then add trading codes."
    )
    speak("zh")
    assert _(said) is said


@pytest.mark.usefixtures("english")
def test_values_that_are_sentences_are_translated_too() -> None:
    assert _(listed(["上期所", "大商所"])) == "SHFE, DCE"
    assert _(Sentence("请上传{title}。", title="签名照")) == "Please upload: Photo of your signature."


@pytest.mark.usefixtures("english")
def test_what_is_not_in_the_catalogue_stays_as_it_is() -> None:
    assert _("本公司自己写的一句话。") == "本公司自己写的一句话。"


def test_a_script_keeps_everything_but_its_texts() -> None:
    script = 'el("p", {}, "上一段", `还需阅读 ${left} 秒`); // a `comment` with "quotes"\nsay("done");'
    assert list(texts_of_script(script)) == ["上一段", "还需阅读 ${left} 秒"]
    english = {"上一段": 'the "previous" part', "还需阅读 ${left} 秒": "${left} s more to read"}
    said = translated(script, english)
    assert (
        said
        == 'el("p", {}, "the ”previous” part", `${left} s more to read`); // a `comment` with "quotes"\nsay("done");'
    )
    assert not CHINESE.search(said.replace("”", ""))
