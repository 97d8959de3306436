"""Customer pages through the router, on the bench of both databases: who is signed in, and a tab of one's own."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from pages.parts import wiring
from tests.builders import Walk
from tests.desk_bench import Bench
from tests.pages.staff_pages import PAGES, calm


def sign_in_as(bench: Bench, monkeypatch: pytest.MonkeyPatch, walk: Walk) -> SessionRecord:
    """Let the pages use this desk, with the walk's customer signed in and no member of staff."""
    now = bench.clock.now
    session = SessionRecord(f"s-{walk.owner}", walk.firm, "customer", walk.owner, now, now, walk.person.phone)
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    monkeypatch.setattr(wiring, "staff", lambda: None)
    monkeypatch.setattr(wiring, "customer", lambda: session)
    return session


def opened(path: str = "customer/case.py") -> AppTest:
    """A page in a tab of its own."""
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=30).run()
    return calm(at.switch_page(path).run())
