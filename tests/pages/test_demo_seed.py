"""The demo: witnesses of every firm are on duty; an older demo gets what it lacks and loses no change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.defaults import load_defaults
from core.rules.id_card import IdNumber, check_id_number
from core.rules.suitability import contradictions
from core.usecases.complete_firm import complete_firm
from core.usecases.loading import forget_firms, rules_for
from core.usecases.offered_slots import days_of
from pages.parts import demo
from pages.parts.demo_people import account_holder
from tests.desk_bench import Bench


@pytest.fixture(autouse=True)
def _other_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench's own firms have the demo's numbers already."""
    firms = tuple(replace(firm, number=f"9{firm.number[1:]}") for firm in demo.FIRMS)
    monkeypatch.setattr(demo, "FIRMS", firms)


def test_both_firms_have_places_to_book(bench: Bench) -> None:
    demo.seed(bench.desk, bench.database)
    for firm in demo.FIRMS:
        with bench.work(firm.id) as work:
            [tuesday] = days_of(work, "b1", date(2026, 3, 3), 1)
            assert len({shift.staff_id for shift in work.reservations.roster("b1")}) == 3
        assert [slot.left for slot in tuesday.slots] == [21, 32]


def test_starting_again_completes_an_older_demo(bench: Bench) -> None:
    demo.seed(bench.desk, bench.database)
    with bench.work("yuanshan") as work:
        version, body = work.firms.current_versions()["sms_texts"], load_defaults()["sms_texts"]
        own = {"code": {"title": "自己的", "text": "{code}"}}
        work.firms.add_data("sms_texts", version + 1, {**body, "texts": own}, work.now, "staff:admin")
        work.reservations.set_roster("b1", [])
    for _ in range(2):
        complete_firm(bench.desk, "yuanshan")
        demo.seed(bench.desk, bench.database)
    forget_firms()
    with bench.work("yuanshan") as work:
        found = work.firms.current_versions()["sms_texts"]
        texts = work.firms.data("sms_texts", found)["texts"]
        assert found == version + 2
        assert texts["code"]["title"] == "自己的" and "reservation_missed" in texts
        assert work.reservations.roster("b1")


def test_what_the_account_holder_answered_fits_who_it_is(bench: Bench) -> None:
    """A demo that raises doubts about its own customer leads nobody."""
    demo.seed(bench.desk, bench.database)
    firm = demo.FIRMS[0]
    holder = account_holder(bench.desk, firm)
    with bench.desk.read(firm.id) as work:
        answers = work.people.customer_file(holder.id).suitability["answers"]
        questionnaire = rules_for(work)["questionnaire"]
    person = check_id_number(holder.id_number)
    assert isinstance(person, IdNumber)
    age = person.age_on(bench.now.date())
    assert "问卷中的年龄段与证件不一致" not in contradictions(questionnaire, answers, age)
