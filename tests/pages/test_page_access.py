"""Every page against everybody who may come: what is not in somebody's table of pages cannot be opened at all."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.actor import Role
from pages.parts import wiring
from pages.parts.table import CUSTOMER, STAFF
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import PAGES, calm
from tests.stand_ins import LightImages

WHO = (*Role, "customer", "nobody")
OPENS, NONE, SIGN_IN = "+->"
"""The page, no such page, the way to the sign-in instead."""
TABLE = {
    #             the eight roles, a customer, nobody signed in
    "hall":              "++++++++ + +",
    "sign_in":           "++++++++ + +",
    "case":              ">>>>>>>> + >",
    "my":                ">>>>>>>> + >",
    "documents":         ">>>>>>>> + >",
    "my_data":           ">>>>>>>> + >",
    "continue":          "++++++++ + +",
    "firm":              "++++++++ + +",
    "education":         "++++++++ + +",
    "on_phone":          "++++++++ + +",
    "help":              "++++++++ + +",
    "desk":              "++++++++ + +",
    "desk_witness":      "+------- - -",
    "desk_work":         "-+++---- - -",
    "desk_review":       "-+------ - -",
    "desk_results":      "-+------ - -",
    "desk_counter":      "-+------ - -",
    "desk_callback":     "--+----- - -",
    "desk_queue":        "+--++--- - -",
    "desk_reservations": "---+---- - -",
    "desk_calendar":     "---+---+ - -",
    "desk_wallboard":    "+--++--- - -",
    "desk_analytics":    "+--++--- - -",
    "desk_reading":     "----++-- - -",
    "desk_calls":        "---+---- - -",
    "desk_recordings":   "-----+-- - -",
    "desk_customers":    "-+++-++- - -",
    "desk_blocks":       "---+-+-- - -",
    "desk_quality":      "-+-+-+-- - -",
    "desk_trace":        "-+---+-- - -",
    "desk_requests":     "-----+-- - -",
    "desk_retention":    "-----+-- - -",
    "desk_entry":        "---+---+ - -",
    "desk_agreements":   "---+-+-+ - -",
    "desk_supplements":  "---+---+ - -",
    "desk_rules":        "---+-+-+ - -",
    "desk_people":       "---+---+ - -",
    "desk_network":      "-------+ - -",
    "desk_interfaces":   "-------+ - -",
    "desk_sms":          "-----+-- - -",
    "desk_audit":        "-----+-+ - -",
}  # fmt: skip
FILES = {key: row[1] for key, row in (CUSTOMER | STAFF).items()} | {"desk": "staff/home.py"}


def test_every_page_is_in_the_table() -> None:
    assert set(TABLE) == set(FILES)
    assert {path.relative_to(PAGES).as_posix() for path in PAGES.glob("customer/*.py")} | {
        path.relative_to(PAGES).as_posix() for path in PAGES.glob("staff/*.py")
    } == set(FILES.values())
    assert {len(cells.replace(" ", "")) for cells in TABLE.values()} == {len(WHO)}


@pytest.fixture
def arrived(office: Bench, monkeypatch: pytest.MonkeyPatch, who: str) -> str:
    """Somebody of `WHO` comes; a customer has a case that is with the firm."""
    office.desk = made.replace(office.desk, images=LightImages())
    made.submitted_case(office)
    staff = made.member(office, made.WITNESS, Role(who)) if who in set(Role) else None
    monkeypatch.setattr(wiring, "desk", lambda: office.desk)
    monkeypatch.setattr(wiring, "settings", lambda: office.desk.settings)
    monkeypatch.setattr(wiring, "firms", office.database.firms)
    monkeypatch.setattr(wiring, "staff", lambda: staff)
    monkeypatch.setattr(wiring, "customer", lambda: made.session(1) if who == "customer" else None)
    return who


def opened(file: str) -> str:
    """What became of asking for a page."""
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=30).run()
    try:
        at.switch_page(file)
    except ValueError:
        return NONE
    page = calm(at.run())
    signs_in = [title.value for title in page.title] == ["登录"] and file != FILES["sign_in"]
    return SIGN_IN if signs_in else OPENS


@pytest.mark.parametrize("who", WHO)
@pytest.mark.usefixtures("arrived")
def test_each_cell(who: str) -> None:
    place = WHO.index(who)
    found = {key: opened(file) for key, file in FILES.items()}
    assert found == {key: cells.replace(" ", "")[place] for key, cells in TABLE.items()}
