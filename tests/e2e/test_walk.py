"""The whole walk in two real browsers, on SQLite and on PostgreSQL, with everything it must leave behind checked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from core.audit import first_break
from core.case import State
from db.database import Database
from media.documents.papers import Papers
from media.recorder import check_recording
from media.storage import LocalStorage
from media.vault import Vault
from tests.e2e import walk
from tests.e2e.driver import Server, open_page, press, settled
from tests.e2e.scan import hits
from tests.media.documents_tools import pdfsig, trust_store

FIRM = "yuanshan"


class Seen:
    """Addresses that a page asked for."""

    def __init__(self, page: Page) -> None:
        self.urls: list[str] = []
        page.on("request", lambda request: self.urls.append(request.url))


def database_of(server: Server) -> Database:
    """The server's database, opened from outside."""
    return walk.open_database(server.data, server.environ.get("JIANZHENG_DATABASE_URL"))


def prepare_case(page: Page, person: walk.Person, database: Database) -> None:
    """From the hall to the end of the agreements."""
    settled(page)
    press(page, "business_open_account")
    walk.sign_in(page, person, database)
    walk.do_device(page)
    walk.do_photos(page, person)
    walk.do_profile(page, person)
    walk.do_bank(page, person)
    walk.do_suitability(page)
    walk.do_exchanges(page)
    walk.do_agreements(page)


def check_documents(database: Database, vault: Vault, case_id: str, folder: Path) -> None:
    """pdfsig trusts customer and seal on every document; one flipped byte is reported."""
    with database.read(FIRM) as work:
        documents = work.documents.of_case(case_id)
        authority = work.documents.find_authority()
        files = [work.cases.find_evidence(str(d.signed_file)) for d in documents]
    assert documents[0].code == "risk_statement" and authority is not None
    assert {d.state for d in documents} == {"sealed"}
    store = trust_store(Papers(database.clock).root_certificate(authority), folder / "nss")
    for found in files:
        assert found is not None
        reader = vault.open(FIRM, found[0].file_id)
        pdf = folder / "signed.pdf"
        pdf.write_bytes(reader.read(0, reader.size))
        verdicts = pdfsig(pdf, store)
        assert len(verdicts) == 2 and all(verdict.good for verdict in verdicts), verdicts
    broken = bytearray(pdf.read_bytes())
    broken[len(broken) // 4] ^= 1
    pdf.write_bytes(bytes(broken))
    assert not all(verdict.good for verdict in pdfsig(pdf, store))


def check_recordings(database: Database, vault: Vault, case_id: str) -> None:
    """Both sides and the head clip decode without one error."""
    with database.read(FIRM) as work:
        evidence = work.cases.evidence(case_id)
    slots = {item.slot for item in evidence}
    assert {"recording_customer", "recording_staff", "clip_head", "capture_front", "capture_front_still"} <= slots
    for item in evidence:
        if item.mime == "video/webm":
            reader = vault.open(FIRM, item.file_id)
            found = check_recording(reader.read(0, reader.size))
            assert (found.errors, found.video_frames > 20, found.audio_frames > 20) == (0, True, True), item.slot


def wait_for_jobs(page: Page, database: Database) -> None:
    """Until the worker has sealed, stored and sent everything."""
    for _ in range(120):
        with database.read(FIRM) as work:
            if not work.jobs.unfinished():
                return
        page.wait_for_timeout(500)
    raise AssertionError("jobs are left")


@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_an_account_is_opened(server: Server, browsers: tuple[Browser, Browser], tmp_path: Path) -> None:
    person, database = walk.Person(7), database_of(server)
    page, staff = open_page(browsers[0], server.url), open_page(browsers[1], f"{server.url}/desk", 1440, 900)
    seen = Seen(page)
    if "postgresql" in server.environ.get("JIANZHENG_DATABASE_URL", ""):  # once at the real pace is enough
        walk.shorten_reading(database)
    prepare_case(page, person, database)
    walk.sign_in_staff(staff, "witness")
    walk.join_queue(page)
    walk.take_next(staff)
    for side in (staff, page):
        first = walk.wait_for_picture(side)
        later = walk.wait_for_picture(side)
        assert later["frames"] > first["frames"] and later["energy"] > 0
    expect(page.get_by_text("执业证号 F9000000")).to_be_visible()
    walk.do_witness(staff)
    walk.do_certificate(page)
    walk.do_sign(page)
    walk.do_follow_up(page)
    assert hits(server.data, person) == []
    changes_by_itself = {"review": "请留意我们的来电", "callback": "已激活"}
    for login, acts in (("review", (walk.do_review, walk.do_results)), ("callback", (walk.do_callback,))):
        walk.sign_out_staff(staff)
        walk.sign_in_staff(staff, login)
        for act in acts:
            act(staff)
        expect(page.get_by_text(changes_by_itself[login]).first).to_be_visible(timeout=40_000)
    wait_for_jobs(page, database)
    personal = (person.id_number, person.phone, person.name)
    assert not [url for url in seen.urls if any(value in url for value in personal)]
    kept_open = [url for url in seen.urls if urlsplit(url).path.startswith("/media/")]
    assert not [url for url in kept_open if not url.endswith(".svg")]
    assert page.mistakes == [] and staff.mistakes == []
    with database.read(FIRM) as work:
        case = work.cases.in_states([State.ACTIVE])[0]
        customer = work.people.find_customer(id_number=person.id_number)
        assert customer is not None and len(str(customer.capital_account)) == 8
        assert customer.exchanges == ("CZCE", "DCE", "GFEX", "SHFE")
    vault = Vault(LocalStorage(server.data / "evidence"), database.keys)
    check_documents(database, vault, case.id, tmp_path)
    check_recordings(database, vault, case.id)
    with database.read(FIRM) as work:
        assert first_break(work.keys.mac, work.audit_entries()) is None
    assert hits(server.data, person) == []
    database.close()
