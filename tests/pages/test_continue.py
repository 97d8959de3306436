"""手机继续办理 on the case page: the code, the warning about the certificate, and who is not offered it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from core.usecases.sessions import exchange_ticket, find_session, open_session, sign_out
from pages.parts import wiring
from pages.parts.state import Key
from tests.builders import Walk, case_at
from tests.desk_bench import F1, Bench
from tests.pages.staff_pages import PAGES, calm, press, words

CERTIFICATE = "数字证书只保存在安装它的那台设备上"


def session_of(bench: Bench, walk: Walk) -> SessionRecord:
    with bench.work(walk.firm) as work:
        ticket = open_session(work, "customer", walk.owner, walk.person.phone)
    found = find_session(bench.desk, "customer", token=exchange_ticket(bench.desk, ticket))
    assert found is not None
    return found


def opened(bench: Bench, session: SessionRecord, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The case page in this session."""
    settings = replace(bench.desk.settings, public_url="https://kaihu.example.com/")
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "firms", lambda: [F1])
    monkeypatch.setattr(wiring, "customer", lambda: session)
    monkeypatch.setattr(wiring, "staff", lambda: None)
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
    return calm(at.switch_page("customer/case.py").run())


@pytest.mark.parametrize(("step", "warned"), [("photos", False), ("certificate", True), ("sign", True)])
def test_the_code_leads_to_the_public_address(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str, warned: bool
) -> None:
    written: list[str] = []
    monkeypatch.setattr(wiring, "qr_url", lambda text: written.append(text) or "data:,")
    walk = case_at(bench, step)
    at = press(opened(bench, session_of(bench, walk), monkeypatch), "phone_open")
    assert written == [f"https://kaihu.example.com/continue?firm={F1.number}#{at.session_state[Key.CONTINUE][1]}"]
    for personal in (walk.person.phone, walk.person.id_number, walk.person.name, walk.owner):
        assert personal not in written[0]
    assert (CERTIFICATE in words(at)) is warned
    press(at, "phone_renew")
    assert len(set(written)) == 2


def test_who_was_signed_out_meanwhile_gets_no_code(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(bench, case_at(bench, "photos"))
    at = opened(bench, session, monkeypatch)
    sign_out(bench.desk, session)
    at = press(at, "phone_open")
    assert Key.CONTINUE not in at.session_state
    assert at.toast


def test_a_phone_is_not_sent_to_a_phone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    session = replace(session_of(bench, case_at(bench, "photos")), device="phone")
    at = opened(bench, session, monkeypatch)
    assert "phone_open" not in {button.key for button in at.button}
