"""The question bank and the conditions of access as first firm data: complete, unambiguous, without a pattern."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import pairwise
from string import Formatter
from typing import Any

from core.defaults import load_kind
from core.rules.access import CUSTOMER_UPLOADS, KINDS
from core.rules.knowledge_test import KnowledgeRules

BODY = load_kind("knowledge_test")
QUESTIONS = BODY["questions"]
SINGLES = [q for q in QUESTIONS if q["kind"] == "single"]
JUDGES = [q for q in QUESTIONS if q["kind"] == "judge"]
ACCESS = load_kind("access_rules")


def test_there_are_sixty_of_each_kind_six_for_each_topic() -> None:
    assert (len(SINGLES), len(JUDGES)) == (60, 60)
    topics = {topic["code"] for topic in BODY["topics"]}
    counted = Counter((q["topic"], q["kind"]) for q in QUESTIONS)
    assert counted == {(topic, kind): 6 for topic in topics for kind in BODY["kinds"]}


def test_no_question_stands_twice() -> None:
    assert len({q["key"] for q in QUESTIONS}) == len({q["text"] for q in QUESTIONS}) == len(QUESTIONS)


def test_every_question_is_complete() -> None:
    for question in QUESTIONS:
        assert set(question) == {"key", "kind", "topic", "text", "options", "right", "why"}, question["key"]
        assert question["why"].endswith("。"), question["key"]
        assert question["why"].count("。") == 1, question["key"]
        assert 5 < len(question["text"]) < 60, question["key"]


def test_exactly_one_option_is_right() -> None:
    for question in QUESTIONS:
        keys, texts = [o["key"] for o in question["options"]], [o["text"] for o in question["options"]]
        assert keys == (["a", "b", "c", "d"] if question["kind"] == "single" else ["a", "b"]), question["key"]
        assert len(set(texts)) == len(texts), question["key"]
        assert keys.count(question["right"]) == 1, question["key"]
    assert {tuple(o["text"] for o in q["options"]) for q in JUDGES} == {("正确", "错误")}


def test_neither_place_nor_length_gives_the_answer_away() -> None:
    assert all(13 <= count <= 17 for count in Counter(q["right"] for q in SINGLES).values())
    assert Counter(q["right"] for q in JUDGES) == {"a": 30, "b": 30}
    longest = [q for q in SINGLES if _lengths(q)[0] > _lengths(q)[1]]
    assert len(longest) <= 16


def _lengths(question: dict[str, Any]) -> tuple[int, int]:
    """Length of the right option, and of the longest other one."""
    lengths = {option["key"]: len(option["text"]) for option in question["options"]}
    return lengths.pop(question["right"]), max(lengths.values())


def test_questions_end_as_questions_and_statements_as_statements() -> None:
    assert [q["key"] for q in SINGLES if not q["text"].endswith("？")] == []
    assert [q["key"] for q in JUDGES if not q["text"].endswith("。")] == []


def test_no_word_is_left_over() -> None:
    words = re.compile(r"xxx|TODO|待定|此处|示例|选项|以上都|以上皆|全部正确|[A-D]项|\s{2}|　", re.IGNORECASE)
    texts = [t for q in QUESTIONS for t in (q["text"], q["why"], *(o["text"] for o in q["options"]))]
    assert [text for text in texts if words.search(text)] == []
    assert [text for text in texts if text != text.strip()] == []


def test_the_rules_fit_together() -> None:
    rules = KnowledgeRules.of(BODY)
    full = rules.points * sum(rules.questions.values())
    assert (full, rules.pass_points, rules.length.total_seconds()) == (100, 80, 1800)
    assert rules.questions == {"single": 10, "judge": 10}
    assert all(sum(q["kind"] == kind for q in QUESTIONS) > count for kind, count in rules.questions.items())
    filled = BODY["intro"].format(**rules.questions, points=5, minutes=30, **{"pass": 80})
    assert "单选题 10 题，判断题 10 题，每题 5 分，80 分通过，限时 30 分钟" in filled


# -- conditions of access
def test_access_rows_have_stable_keys_and_do_not_overlap() -> None:
    groups = {group["code"] for group in load_kind("exchanges")["groups"]} | {"commodity_option"}
    spans: dict[str, list[tuple[date, date]]] = {}
    for row in ACCESS["rows"]:
        assert row["key"] == f"{row['group']}_{row['kind']}"
        assert row["group"] in groups
        assert row["kind"] in KINDS
        ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
        spans.setdefault(row["key"], []).append((date.fromisoformat(row["valid_from"]), ends))
    for each in spans.values():
        each.sort()
        assert all(begin <= end for begin, end in each)
        assert all(first[1] < second[0] for first, second in pairwise(each))


def test_every_group_has_its_three_conditions_and_only_knowledge_is_asked_of_the_customer() -> None:
    assert {(row["group"], row["kind"]) for row in ACCESS["rows"]} == {
        (group, kind) for group in ("financial", "energy", "commodity_option") for kind in KINDS
    }
    asked = {row["kind"] for row in ACCESS["rows"] if row["proof"] == CUSTOMER_UPLOADS}
    assert asked == {"knowledge"}


def test_sentences_name_amounts_that_the_row_has() -> None:
    for row in ACCESS["rows"]:
        named = {name for _, name, _, _ in Formatter().parse(row["text"]) if name}
        assert named <= {*row["amounts"], "funds_wan"}, row["key"]
        assert len({e["key"] for e in row["exemptions"]}) == len(row["exemptions"]), row["key"]
        assert "professional" in {e["key"] for e in row["exemptions"]}, row["key"]
