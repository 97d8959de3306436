"""Fixtures of the pages' tests: a desk on SQLite, and a page opened as somebody."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.actor import Role
from pages.parts import wiring
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import PAGES, Open, calm


@pytest.fixture
def office(tmp_path: Path) -> Bench:
    return made.make_bench(tmp_path)


@pytest.fixture
def page(office: Bench, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page as a member of staff (with the roles on file or others) or as a customer."""
    monkeypatch.setattr(wiring, "desk", lambda: office.desk)
    monkeypatch.setattr(wiring, "settings", lambda: office.desk.settings)
    monkeypatch.setattr(wiring, "firms", office.database.firms)

    def open_it(path: str, who: str = "", *roles: Role, customer: int = 0, **params: str) -> AppTest:
        monkeypatch.setattr(wiring, "staff", lambda: made.member(office, who, *roles) if who else None)
        monkeypatch.setattr(wiring, "customer", lambda: made.session(customer) if customer else None)
        at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
        at.switch_page(path)
        for name, value in params.items():
            at.query_params[name] = value
        return calm(at.run())

    return open_it
