"""The case page keeps facts between runs, and shows at the next run what somebody else wrote meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.records import SessionRecord
from pages.parts import wiring
from pages.parts.state import Key
from tests.builders import CONSENTS, Walk, case_at
from tests.desk_bench import F1, Bench
from tests.pages.customer_pages import opened, sign_in_as

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"


@pytest.fixture
def walk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A customer before the photos, signed in on the pages."""
    walk = case_at(bench, "photos")
    sign_in_as(bench, monkeypatch, walk)
    return walk


def test_a_tab_shows_what_another_one_saved(bench: Bench, walk: Walk) -> None:
    at = opened()
    assert at.header[0].value == "上传照片"
    kept = at.session_state[Key.KEPT]
    for slot in ("id_front", "id_back", "signature"):
        walk.add_photo(bench, slot)
    assert not walk.answer(bench, "photos", CONSENTS)
    assert at.run().header[0].value == "个人基本资料"
    assert at.session_state[Key.KEPT] is kept


def test_what_was_kept_goes_when_the_customer_is_signed_out(
    bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened()
    assert Key.KEPT in at.session_state
    monkeypatch.setattr(wiring, "customer", lambda: None)
    at.run()
    assert Key.KEPT not in at.session_state


def test_the_assessment_says_how_to_become_a_professional_investor(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = case_at(bench, "active", chosen=("DCE",)).again("assessment")
    bench.pass_time(days=2)
    walk.start(bench)
    walk.walk_to(bench, "agreements")
    now = bench.clock.now
    session = SessionRecord("s1", walk.firm, "customer", walk.owner, now, now, walk.person.phone)
    for name, value in {
        "desk": bench.desk, "settings": bench.desk.settings, "firms": [F1], "customer": session, "staff": None,
    }.items():  # fmt: skip
        monkeypatch.setattr(wiring, name, lambda value=value: value)
    at = opened()
    at.session_state[Key.VIEW] = "suitability"
    at.run()
    texts = " ".join(str(each.value) for each in at.markdown)
    assert "不低于 500 万元" in texts and "到营业部办理" in texts
