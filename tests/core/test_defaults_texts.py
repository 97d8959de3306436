"""Texts of the first firm data are fit to be read and signed; the glossary names what the code names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from core.businesses.open_account import BUSINESS
from core.case import STATE_TITLES
from core.defaults import load_defaults
from core.rules.help_topics import EVERY
from core.steps.photos import CONSENTS

ALL = load_defaults()
STEPS = [step.key for step in BUSINESS.steps]
GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def texts_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a body with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts_in(inner, f"{path}/{index}")


def unique(values: list[str]) -> bool:
    return len(values) == len(set(values))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", sorted(ALL))
def test_texts_are_finished_and_calm(kind):
    unfinished = re.compile(r"xxx|测试\d|1111|TODO|\[\]|待定|此处|lorem", re.IGNORECASE)
    for path, text in texts_in(ALL[kind]):
        assert text.strip(), path
        assert "!" not in text, path
        assert "！" not in text, path
        assert not unfinished.search(text), path


@pytest.mark.parametrize(
    "kind", ["agreements", "help", "education", "notices", "questionnaire", "sms_texts", "follow_up"]
)
def test_customer_texts_speak_of_no_old_technology_and_no_sample_firm(kind):
    for path, text in texts_in(ALL[kind]):
        for word in ("金谷", "海通", "恒生", "期货经济"):
            assert word not in text, path
        assert "你" not in text, path


def test_agreements_use_known_variables_only():
    body = ALL["agreements"]
    known = [row["name"] for row in body["variables"]]
    assert unique(known)
    for row in body["agreements"]:
        assert set(re.findall(r"\{\{(.*?)\}\}", row["text"])) <= set(known), row["code"]
        assert not re.search(r"(?<!\{)\{(?!\{)|(?<!\})\}(?!\})", row["text"]), row["code"]


def test_agreements_are_marked_and_of_real_length():
    body = ALL["agreements"]
    for row in body["agreements"]:
        length = len(re.sub(r"\s", "", row["text"]))
        assert row["text"].startswith(body["marking"]), row["code"]
        assert 600 <= length <= 2500, (row["code"], length)
        assert 5 <= row["min_read_seconds"] <= 15, row["code"]
        date.fromisoformat(row["effective_from"])
        assert row["place"] in {"sign_in", "photos", "agreements"}, row["code"]
        assert set(row["applies"]) <= {"business", "investor_class", "insisted", "part", "bank"}, row["code"]


def test_agreements_are_unique_and_the_risk_statement_comes_first():
    rows = ALL["agreements"]["agreements"]
    assert all(unique([row[key] for row in rows]) for key in ("code", "title", "file", "order", "text"))
    read = sorted((row for row in rows if row["place"] == "agreements"), key=lambda row: row["order"])
    assert read[0]["code"] == "risk_statement"
    assert all(row["signed"] for row in read)
    assert {row["code"] for row in rows if row["place"] == "photos"} == set(CONSENTS)
    assert [row["code"] for row in rows if row["place"] == "sign_in"] == ["privacy"]


def test_agreements_keep_to_second_headings_paragraphs_and_lists():
    for row in ALL["agreements"]["agreements"]:
        for line in row["text"].splitlines():
            assert not line.startswith(("# ", "###", ">", "|", "    ", "```")), (row["code"], line)


def test_placeholders_of_messages_are_declared_and_harmless():
    body = ALL["sms_texts"]
    for key, row in body["texts"].items():
        assert placeholders(row["text"]) <= set(body["placeholders"]), key
        assert len(row["text"]) <= 100, key
    assert {"name", "id_number", "phone", "card"}.isdisjoint(body["placeholders"])


def test_placeholders_of_notices_are_known():
    known = {
        "level",
        "exchanges",
        "salutation_name",
        "case_number",
        "business",
        "due",
        "agreement",
        "hours",
        "next_opening",
    }
    used = {name for row in ALL["notices"]["notices"].values() for name in placeholders(row["text"])}
    assert used == known


def test_help_answers_the_eighteen_questions_and_has_an_own_one_beside_each_step():
    topics = ALL["help"]["topics"]
    assert len(topics) == 18 + 3
    assert unique([topic["key"] for topic in topics])
    for topic in topics:
        assert topic["title"].endswith("？"), topic["key"]
        assert topic["steps"], topic["key"]
        assert set(topic["steps"]) <= {*STEPS, EVERY}, topic["key"]
        assert topic["keywords"], topic["key"]
    assert {step for topic in topics for step in topic["steps"]} == {*STEPS, EVERY}


def test_education_has_four_articles():
    topics = ALL["education"]["topics"]
    assert [topic["key"] for topic in topics] == ["leverage", "suitability", "fraud", "account_safety"]
    assert all(len(topic["text"]) > 200 for topic in topics)


def glossary() -> list[tuple[str, str]]:
    """Chinese term and name in code of every row."""
    rows = [line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [(row[1].strip(), row[2].strip()) for row in rows if row[1].strip() != "Chinese"]


def test_glossary_has_each_term_once():
    assert unique([term for term, _ in glossary()])


def test_glossary_names_steps_and_states_as_the_code_does():
    named = dict(glossary())
    for step in BUSINESS.steps:
        assert f"`{step.key}`" in named[step.title], step.key
    for state, title in STATE_TITLES.items():
        assert named[title] == f"`{state.value}`", state
    assert f"`{BUSINESS.key}`" in named[BUSINESS.title]
