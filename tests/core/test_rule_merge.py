"""What a draft changed is carried over to a newer version; single places of a body are changed without touching it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from core.defaults import load_kind
from core.rule_kinds import KINDS
from core.rule_kinds.merge import carry_over
from core.rule_kinds.places import GONE, fresh_row, stored, value_at, with_value

BASE = load_kind("reject_reasons")
SHAPE = KINDS["reject_reasons"].shape


def changed(*puts: tuple[tuple[Any, ...], Any]) -> Any:
    body = deepcopy(BASE)
    for path, value in puts:
        body = with_value(body, path, value)
    return body


LABEL, TEXT = ("reasons", 0, "label"), ("reasons", 0, "customer_text")
ROW = {**BASE["reasons"][0], "code": "P90"}


@pytest.mark.parametrize(
    ("mine", "newest", "wanted", "lost"),
    [
        (changed((LABEL, "甲")), BASE, changed((LABEL, "甲")), ()),
        (changed((LABEL, "甲")), changed((TEXT, "乙")), changed((LABEL, "甲"), (TEXT, "乙")), ()),
        (changed((LABEL, "甲")), changed((LABEL, "乙")), changed((LABEL, "乙")), (("reasons", "P01", "label"),)),
        (changed((LABEL, "甲")), changed((LABEL, "甲")), changed((LABEL, "甲")), ()),
        (
            changed((("reasons",), [*BASE["reasons"], ROW])),
            changed((LABEL, "乙")),
            changed((LABEL, "乙"), (("reasons",), [*changed((LABEL, "乙"))["reasons"], ROW])),
            (),
        ),
        (changed((("reasons",), BASE["reasons"][1:])), BASE, changed((("reasons",), BASE["reasons"][1:])), ()),
        (
            changed((("reasons",), BASE["reasons"][1:])),
            changed((LABEL, "乙")),
            changed((LABEL, "乙")),
            (("reasons", "P01"),),
        ),
    ],
    ids=["only mine", "two places", "the same place", "the same value", "a row more", "a row less", "changed and gone"],
)
def test_what_collides_is_the_newer_ones(mine: Any, newest: Any, wanted: Any, lost: Any) -> None:
    assert carry_over(SHAPE, BASE, mine, newest) == (wanted, lost)


def test_a_place_is_changed_in_a_copy() -> None:
    before = deepcopy(BASE)
    after = with_value(BASE, LABEL, "甲")
    assert (value_at(after, LABEL), before) == ("甲", BASE)
    assert "label" not in with_value(BASE, LABEL, GONE)["reasons"][0]
    assert value_at(BASE, ("reasons", 999, "label")) is None


def test_nothing_written_is_nothing_or_no_name() -> None:
    fields = KINDS["reject_reasons"].shape.fields["reasons"].item.fields  # type: ignore[attr-defined]
    assert stored(fields["keep_priority_minutes"], None) is GONE
    assert stored(fields["step"], None) is None
    assert stored(fields["label"], "") == ""
    assert stored(fields["compliance"], False) is False


def test_a_new_row_has_a_name_of_its_own() -> None:
    rows: Any = KINDS["questionnaire"].shape.fields["questions"]
    existing = load_kind("questionnaire")["questions"]
    assert fresh_row(rows, existing, 0)["key"] == "q19"
    assert fresh_row(rows, existing)["key"] == "new1"
    assert fresh_row(rows, [{"key": "new1"}])["key"] == "new2"
