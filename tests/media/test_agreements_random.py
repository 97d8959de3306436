"""A few of the agreements of `make prove-agreements`, and that the proof finds what it is there to find."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.ports_documents import AgreementHeader
from media.documents.markdown import fill_template
from media.documents.render import render_agreement
from media.documents.typeset import typeset
from tests.prove.agreements import active, difference, heads, overflow, prove, read, said

HEADER = AgreementHeader("x", "1", "1320261120000177", "样张期货有限公司", "样张三", datetime(2026, 11, 20, tzinfo=UTC))
FOOTER = "x · 1 版 · 受理单号 1320261120000177"


def test_random_agreements_are_printed_whole() -> None:
    tally = prove(24, seed=7)
    assert (tally.made, tally.problems) == (24, [])


@pytest.mark.parametrize(("text", "values"), [
    ("甲方：{{名}}", {"名": "A" * 300}),
    ("| 项目 | 内容 |\n|--|--|\n| 地址 | {{名}} |\n| {{名}} | 甲 |", {"名": "/street/" * 50}),
    ("|一|二|三|四|五|六|\n|--|--|--|--|--|--|\n|{{名}}|b|c|d|e|f|", {"名": "北京市海淀" * 70}),
])  # fmt: skip
def test_what_has_no_place_to_break_stays_inside(text: str, values: dict[str, str]) -> None:
    made = render_agreement("样张", text, values, HEADER)
    assert list(overflow(made.pdf)) == []
    blocks = fill_template(text, values)
    assert difference(read(made.pdf, FOOTER, heads(blocks)), said("样张", blocks, HEADER)) == ""


def test_the_proof_sees_a_lost_and_an_added_word() -> None:
    made, blocks = render_agreement("样张", "甲方同意。", {}, HEADER), fill_template("甲方不同意。", {})
    assert difference(read(made.pdf, FOOTER, []), said("样张", blocks, HEADER))
    assert difference("样张甲方同意。末", [("样张甲方同意。", False)]) == "'末'"


def test_the_proof_sees_what_stands_out_of_the_page() -> None:
    pieces = [{"kind": "text", "text": "WWWWW"}]
    data = {"title": "样张", "firm": "f", "customer": "c", "reference": "r", "date": "d", "sample": False,
            "signature": {"width": 10, "height": 10}, "seal": {"width": 10, "height": 10},
            "blocks": [{"kind": "table", "align": ["", ""], "head": [pieces, pieces], "rows": [], "whole": [],
                        "repeat": True, "shares": [4000, 1]}]}  # fmt: skip
    assert list(overflow(typeset("agreement", data, HEADER.rendered_at)))


def test_an_agreement_has_no_links_or_actions() -> None:
    made = render_agreement("样张", "{{名}}", {"名": "http://a.example/ <script> %PDF /JavaScript"}, HEADER)
    assert list(active(made.pdf)) == []
