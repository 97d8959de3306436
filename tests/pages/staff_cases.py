"""A desk on SQLite with one invented firm, and cases written straight into its stores (样张)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from core.actor import Actor, Role
from core.agreements import agreements_for, to_sign
from core.case import Case, State
from core.defaults import load_defaults
from core.flow import Evidence, Proof
from core.keys import MasterKeys
from core.ports import Desk, Work
from core.records import Branch, Document, Firm, SessionRecord, StaffMember
from core.rules.calendar import build_calendar
from core.rules.id_card import check_digit
from core.settings import read_settings
from core.steps import certificate, sign, witness
from core.usecases.complete_case import record_callback
from core.usecases.found_firm import found_firm
from core.usecases.loading import forget_firms, load
from db.database import Database
from media.documents.papers import Papers
from media.head_log import HeadLog
from media.recordings import Recordings
from media.sms import gateway_for
from media.storage import LocalStorage
from media.vault import Vault
from tests.stand_ins import HookRecorder, LightReader
from tests.walk import required_topics

FIRM = Firm("f1", "8001", "样张期货", "400-000-8001", demo=True)
BRANCHES = (Branch("b1", "总部营业部", "上海市", "样张路 1 号"), Branch("b2", "郑州营业部", "郑州市", "样张路 2 号"))
NAME, PHONE = "张样张", "11150813001"
CARD = "9999010000000000017"
WITNESS, REVIEWER, SECOND, CALLER, ADMIN = "s1", "s2", "s3", "s4", "s5"
STAFF = {
    WITNESS: ("wangfang", "王芳", "F9000001", (Role.WITNESS, Role.REVIEW)),
    REVIEWER: ("zhaoqiang", "赵强", "", (Role.REVIEW,)),
    SECOND: ("liujie", "刘洁", "", (Role.REVIEW,)),
    CALLER: ("qianjing", "钱静", "", (Role.CALLBACK,)),
    ADMIN: ("guanli", "管理员", "", (Role.ADMIN, Role.SUPERVISOR)),
}
PROFILE = {
    "name": NAME, "id_address": "样张省样本市测试路 1 号", "valid_from": "2020-01-01", "valid_to": "2040-01-01",
    "phone": PHONE, "landline": "", "province": "上海市", "city": "黄浦区", "contact_address": "样张路 100 号 2 室",
    "postcode": "200000", "education": "bachelor", "occupation": "clerk", "tax_residency": "china_only", "pep": "none",
    "investment_horizon": "1_to_5_years", "expected_return": "growth", "actual_control": "absent",
    "beneficiary": "self", "products": ["futures_options"], "dishonesty": ["none"],
}  # fmt: skip
CAPTURES = ("capture_front", "capture_back", "capture_portrait", "capture_front_still")


class _PlainPasswords:
    """Fast stand-in for argon2."""

    def hash(self, password: str) -> str:
        return f"plain:{password}"

    def matches(self, hashed: str, password: str) -> bool:
        return hashed == f"plain:{password}"


@dataclass
class Bench:
    """The desk, its database and a clock that a test moves."""

    desk: Desk
    database: Database
    clock: list[datetime]

    def pass_time(self, length: timedelta) -> None:
        """Move the clock."""
        self.clock[0] += length

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A unit of work that may write."""
        with self.desk.write(FIRM.id) as work:
            yield work


def id_number(order: int = 1) -> str:
    """An ID number of nobody: area 999901, odd order is male."""
    first = f"99990119900312{order:03d}"
    return first + check_digit(first)


@cache
def _migrated() -> bytes:
    """An empty database in the newest schema, made once per run of the tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        keys = MasterKeys.load(Path(folder) / "keys.json", None)
        database = Database(f"sqlite:///{path}", keys, lambda: datetime(2026, 1, 1, tzinfo=UTC))
        database.migrate()
        database.close()
        return path.read_bytes()


def make_bench(folder: Path) -> Bench:
    """A fresh database with the firm, its staff and the demo's firm data."""
    forget_firms()
    clock = [datetime(2026, 3, 2, 2, 0, tzinfo=UTC)]
    settings = read_settings({"JIANZHENG_MODE": "demo", "JIANZHENG_DATA": str(folder)}, folder)
    keys = MasterKeys.load(folder / "keys.json", None)
    (folder / "jianzheng.db").write_bytes(_migrated())
    database = Database(settings.database_url, keys, lambda: clock[0])
    images: Any = None
    desk = Desk(
        settings=settings, keys=keys, clock=lambda: clock[0], write=database.write, read=database.read,
        vault=Vault(LocalStorage(settings.storage), keys), images=images, photo_reader=LightReader(),
        passwords=_PlainPasswords(),
        sms=gateway_for(settings), papers=Papers(lambda: clock[0]), recordings=Recordings(),
        audit_heads=HeadLog(settings.data / "audit-heads"), hooks=HookRecorder(),
    )  # fmt: skip
    staff = [
        StaffMember(staff_id, login, name, licence, "b1", frozenset(roles), "plain:not-used")
        for staff_id, (login, name, licence, roles) in STAFF.items()
    ]
    found_firm(desk, FIRM, BRANCHES, staff, load_defaults(demo=True), build_calendar(2025, 2027))
    return Bench(desk, database, clock)


def staff(staff_id: str, *roles: Role) -> Actor:
    """The actor of a member of staff, with the roles on file unless others are given."""
    return Actor(FIRM.id, f"staff:{staff_id}", frozenset(roles or STAFF[staff_id][3]))


def owner(order: int = 1) -> Actor:
    """The customer of the case with this order number."""
    return Actor(FIRM.id, f"phone:{order:032x}")


def session(order: int = 1) -> SessionRecord:
    """The customer's session."""
    now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    return SessionRecord(f"session{order}", FIRM.id, "customer", owner(order).id, now, now, PHONE)


def submitted_case(bench: Bench, order: int = 1, **profile: Any) -> str:
    """A complete case in 待复核, witnessed by WITNESS and due in a day; returns its id."""
    with bench.work() as work:
        case = _new(work, order)
        _answers(work, case.id, order, profile)
        _evidence(bench, work, case.id)
    with bench.work() as work:
        _prove(work, case.id)
    with bench.work() as work:
        case = work.cases.get(case.id)
        work.cases.change(
            case, state=State.SUBMITTED, witness_id=WITNESS, submitted_at=work.now, current_step="submit",
            due_at=work.now + timedelta(days=1),
        )  # fmt: skip
    return case.id


def confirm_by_phone(bench: Bench, case_id: str) -> None:
    """The callback in which every required topic was covered."""
    with bench.desk.read(FIRM.id) as work:
        asked = required_topics(load(work, case_id))
    assert not record_callback(bench.desk, staff(CALLER), case_id, "confirmed", "", asked)


def case_in(bench: Bench, state: State, order: int = 1, **values: Any) -> str:
    """A complete case whose row was set to another state."""
    case_id = submitted_case(bench, order)
    with bench.work() as work:
        work.cases.change(work.cases.get(case_id), state=state, **values)
    return case_id


def _new(work: Work, order: int) -> Case:
    case = Case(
        id=f"{order:032x}", firm_id=FIRM.id, number=f"8001260302{order:06d}", business="open_account",
        owner=owner(order).id, branch_id="b1", state=State.FILLING, version=1, created_at=work.now,
        updated_at=work.now, rules=work.firms.current_versions(), flags=("follow_up",),
    )  # fmt: skip
    work.cases.add_case(case)
    return case


def _answers(work: Work, case_id: str, order: int, profile: dict[str, Any]) -> None:
    ready = dict.fromkeys(("secure", "camera", "microphone", "speaker", "webrtc", "crypto"), True)
    phone = f"1115081{3000 + order}"
    work.cases.save_answer(case_id, "identity", {"phone": phone})
    work.cases.save_answer(case_id, "device", ready)
    consents = dict.fromkeys(("certificate_liability", "face_video_consent", "recording_consent"), True)
    work.cases.save_answer(case_id, "photos", consents)
    work.cases.save_answer(case_id, "profile", {**PROFILE, "phone": phone, "id_number": id_number(order), **profile})
    work.cases.save_answer(case_id, "exchanges", {"chosen": ["DCE", "SHFE"]})


def _evidence(bench: Bench, work: Work, case_id: str) -> None:
    ids = {}
    for slot in ("id_front", "id_back", "signature", "bank_card", *CAPTURES):
        ids[slot] = _store(bench, work, case_id, slot, picture(), "image/jpeg")
    for slot in ("clip_head", "recording_customer", "recording_staff", "recording_customer_play"):
        _store(bench, work, case_id, slot, b"webm", "video/webm", {"ticket": "t1", "errors": 0})
    card = {"number": CARD, "bank": "demo", "bank_name": "样张银行", "kind": "debit", "photo": ids["bank_card"]}
    work.cases.save_answer(case_id, "bank", {"cards": [card], "usage": True})


def _store(
    bench: Bench, work: Work, case_id: str, slot: str, data: bytes, mime: str, meta: dict[str, Any] | None = None
) -> str:
    stored = bench.desk.vault.put(FIRM.id, data)
    item = Evidence(work.new_id(), slot, stored.file_id, stored.sha256, mime, stored.size, work.now, meta or {})
    work.cases.add_evidence(case_id, item, "test")
    return item.id


def picture() -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 25), (200, 210, 220)).save(out, "JPEG")
    return out.getvalue()


def _prove(work: Work, case_id: str) -> None:
    """Everything that follows from the answers: rating, reading, witness, certificate, signatures, follow-up."""
    loaded = load(work, case_id)
    best = {q["key"]: [max(q["options"], key=lambda o: o["score"])["key"]] for q in _questions(loaded.rules)}
    checked = loaded.business.step("suitability").check(
        {"answers": {**best, "q18": ["d"]}}, loaded.facts, loaded.rules, loaded.now
    )
    work.cases.save_answer(case_id, "suitability", checked.values)
    loaded = load(work, case_id)
    for document in agreements_for("agreements", loaded.facts, loaded.rules, loaded.now):
        _proof(work, case_id, "read", document.code, document.fingerprint, {"version": document.version, "seconds": 21})
    body = {"name": "王芳", "licence": "F9000001", "note": "面容一致", "script": {"greet": loaded.now.isoformat()}}
    _proof(work, case_id, "witness", "passed", witness.attested(loaded.facts), body)
    _proof(work, case_id, "certificate", "installed", certificate.attested(loaded.facts), {"kid": "k1"})
    loaded = load(work, case_id)
    agreed = loaded.business.step("agreements").check({"agreed": True}, loaded.facts, loaded.rules, loaded.now)
    work.cases.save_answer(case_id, "agreements", agreed.values)
    for position, agreement in enumerate(to_sign(loaded.facts, loaded.rules, loaded.now)):
        mark = sign.signature_print(agreement, loaded.facts)
        _proof(work, case_id, "signed", agreement.code, mark, {})
        work.documents.add_document(
            Document(work.new_id(), case_id, agreement.code, agreement.title, agreement.version, position, "sealed", {},
                     None, f"pdf{position}", work.now, work.now)
        )  # fmt: skip
    given = {q["key"]: "a" for q in loaded.rules["follow_up"]["questions"]}
    work.cases.save_answer(
        case_id, "follow_up", {"answers": {**given, "f12": "c"}, "confirmed": True, "flags": ["f12"]}
    )


def _questions(rules: Any) -> list[Any]:
    return list(rules["questionnaire"]["questions"])


def _proof(work: Work, case_id: str, kind: str, subject: str, mark: str, body: dict[str, Any]) -> None:
    work.cases.add_proof(case_id, Proof(kind, subject, mark, work.now, body), "test")


def audit_tags(bench: Bench) -> list[tuple[str, str, str]]:
    """(tag, object, purpose) of every row, oldest first."""
    with bench.desk.read(FIRM.id) as work:
        return [(e.tag, e.object, str(e.detail.get("purpose", ""))) for e in work.audit_entries()]


def member(bench: Bench, staff_id: str, *roles: Role) -> tuple[Actor, StaffMember]:
    """What wiring.staff() answers for a signed-in member of staff."""
    with bench.desk.read(FIRM.id) as work:
        found = work.people.find_staff(staff_id=staff_id)
    assert found is not None
    actor = staff(staff_id, *roles)
    return actor, replace(found, roles=actor.roles)
