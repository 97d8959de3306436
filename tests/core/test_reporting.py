"""Reporting to the monitoring centre: packages by the firm's profile, states, answers from files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from core.case import Ending
from core.defaults import load_kind
from core.errors import BadFile, NotAllowed, NotFound, WrongState
from core.records import ExchangeRequest
from core.reporting import (
    MOST_BYTES,
    MOST_ROWS,
    ApplyAction,
    ApplyStatus,
    action_of,
    read_results,
    status_of,
)
from core.usecases.complete_case import record_exchange
from core.usecases.import_results import Fate, import_results
from core.usecases.report_cases import export_case, export_waiting, mark_sent, missing_of, outbox
from tests.builders import Walk, case_at
from tests.desk_bench import Bench

AT = datetime(2026, 3, 2, tzinfo=UTC)
CODE, OTHER = "001200345678", "001200345679"
NEVER: Any = None


def files(bench: Bench, walk: Walk) -> dict[str, bytes]:
    package = export_case(bench.desk, bench.staff("review"), walk.case_id)
    return dict(package.files())


def data(found: dict[str, bytes]) -> dict[str, Any]:
    [name] = [name for name in found if name.endswith(".json")]
    body: dict[str, Any] = json.loads(found[name])
    return body


def statuses(bench: Bench, walk: Walk) -> dict[str, ApplyStatus]:
    with bench.work() as work:
        return {each.exchange: status_of(each) for each in work.results.requests(walk.case_id)}


# -- states
@pytest.mark.parametrize(("state", "code", "sent", "status"), [
    ("waiting", None, None, "1"), ("waiting", None, 1, "2"), ("opened", 0, 1, "3"), ("opened", 0, NEVER, "3"),
    ("failed", 2, -1, "4"), ("failed", 2, NEVER, "4"), ("failed", 2, 1, "2"),
])  # fmt: skip
def test_states_of_a_request(state: str, code: int | None, sent: int | None, status: str) -> None:
    left = AT + timedelta(minutes=sent) if sent else None
    assert status_of(ExchangeRequest("SHFE", state, code, "", AT, left)) == ApplyStatus(status)


def test_a_first_account_is_opened_and_a_later_exchange_is_a_code() -> None:
    assert [action_of(ending) for ending in (Ending.ACCOUNT, Ending.CODES)] == [ApplyAction.OPEN, ApplyAction.ADD_CODE]


def test_what_was_sent_waits_and_after_a_refusal_is_sent_again(bench: Bench) -> None:
    walk, review = case_at(bench, "callback"), bench.staff("review")
    assert set(statuses(bench, walk).values()) == {ApplyStatus.INCOMPLETE}
    assert walk.case_id in outbox(bench.desk, review).ready
    assert mark_sent(bench.desk, review, [walk.case_id]) == 1
    assert set(statuses(bench, walk).values()) == {ApplyStatus.SENT}
    assert outbox(bench.desk, review).total == 0 and mark_sent(bench.desk, review, [walk.case_id]) == 0
    bench.pass_time(minutes=1)
    record_exchange(bench.desk, review, walk.case_id, "DCE", 2)
    record_exchange(bench.desk, review, walk.case_id, "SHFE", 0, CODE)
    found = statuses(bench, walk)
    assert (found["DCE"], found["SHFE"]) == (ApplyStatus.REFUSED, ApplyStatus.PASSED)
    bench.pass_time(minutes=1)
    assert mark_sent(bench.desk, review, [walk.case_id]) == 1
    assert (statuses(bench, walk)["DCE"], statuses(bench, walk)["SHFE"]) == (ApplyStatus.SENT, ApplyStatus.PASSED)
    assert bench.tags().count("staff:exchange:send") == 2


# -- the package
def test_a_package_has_the_declared_fields_files_and_hashes(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    found = files(bench, walk)
    body = data(found)
    person, account = walk.person, walk.account
    assert body["Profile"] == "CFMMC-legacy" and body["ApplyAction"] == "1"
    assert (body["ClientName"], body["IdentifiedCardNo"], body["Mobile"]) == (
        person.name, person.id_number, person.phone)  # fmt: skip
    assert body["InvestorID"] == account and {row["ApplyStatus"] for row in body["Applications"]} == {"1"}
    assert {name.split("/")[0] for name in found} == {f"{account}-{walk.case(bench).number}"}
    pictures = [name for name in found if name.endswith(".jpg")]
    assert [name[-7:] for name in pictures] == ["_11.jpg", "_12.jpg", "_13.jpg"]
    for name in pictures:
        assert len(found[name]) <= (150 if name.endswith("_11.jpg") else 200) * 1024
    papers = [name for name in found if name.endswith(".pdf")]
    assert papers and all(found[name].startswith(b"%PDF") for name in papers)
    assert len(body["Files"]) == len(found) - 1
    assert bench.audit()[-1][0] == "staff:report:export"
    assert person.name not in json.dumps(bench.audit()[-1][2], ensure_ascii=False)


def test_a_large_photo_is_made_to_fit(bench: Bench) -> None:
    noise = Image.effect_noise((2400, 1600), 90).convert("RGB")
    held = io.BytesIO()
    noise.save(held, "JPEG", quality=95)
    assert len(held.getvalue()) > 1_000_000
    small = bench.desk.images.within(held.getvalue(), 150 * 1024)
    assert 40 * 1024 < len(small) <= 150 * 1024
    with Image.open(io.BytesIO(small)) as image:
        assert abs(image.width / image.height - 1.5) < 0.01 and not image.getexif()
    with pytest.raises(BadFile):
        bench.desk.images.within(held.getvalue(), 100)


def test_all_that_wait_go_into_one_package(bench: Bench) -> None:
    walk, review = case_at(bench, "callback"), bench.staff("review")
    package = export_waiting(bench.desk, review)
    assert walk.case(bench).number in package.name
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in package.files():
            made.writestr(name, content)
    assert zipfile.ZipFile(archive).testzip() is None
    mark_sent(bench.desk, review, [walk.case_id])
    with pytest.raises(NotFound):
        export_waiting(bench.desk, review)


def _profile(bench: Bench, **changes: Any) -> None:
    body = load_kind("reporting") | changes
    with bench.work() as work:
        work.firms.add_data("reporting", 2, body, work.now - timedelta(seconds=1), "staff:admin")
    bench.pass_time(seconds=1)


def test_what_is_missing_is_named_and_keeps_a_case_back(bench: Bench) -> None:
    walk, review = case_at(bench, "callback"), bench.staff("review")
    fields = [*load_kind("reporting")["fields"],
              {"name": "Fax", "title": "传真", "source": "profile.fax", "required": True}]  # fmt: skip
    photos = [*load_kind("reporting")["photos"],
              {"code": "14", "title": "其他照片", "slots": ["nothing"], "max_kb": 100, "required": True}]  # fmt: skip
    _profile(bench, fields=fields, photos=photos)
    assert missing_of(bench.desk, review, walk.case_id) == ("传真", "其他照片")
    with pytest.raises(WrongState, match="传真"):
        export_case(bench.desk, review, walk.case_id)
    waiting = outbox(bench.desk, review)
    assert waiting.ready == () and list(waiting.incomplete.values()) == [("传真", "其他照片")]
    assert mark_sent(bench.desk, review, [walk.case_id]) == 0


def test_a_firm_names_its_files_and_none_leaves_its_folder(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    names = {
        "folder": "../{account}",
        "data": "/etc/{case}.json",
        "photo": "{case}_{code}.jpg",
        "document": "{number}.pdf",
    }
    _profile(bench, names=names, profile="OWN")
    found = files(bench, walk)
    assert data(found)["Profile"] == "OWN"
    for name in found:
        assert name.count("/") == 1 and not name.startswith((".", "/")) and ".." not in name


@pytest.mark.parametrize("place", ["submitted", "in_review"])
def test_nothing_is_reported_before_the_approval(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        export_case(bench.desk, bench.staff("review"), walk.case_id)
    with pytest.raises(NotAllowed):
        export_waiting(bench.desk, bench.staff("service"))


# -- answers from files
def take(bench: Bench, text: str | bytes) -> list[tuple[Fate, str]]:
    content = text if isinstance(text, bytes) else text.encode()
    return [(each.fate, each.reason) for each in import_results(bench.desk, bench.staff("review"), content)]


def answers(number: str) -> Iterator[bytes]:
    """The same answers in each form."""
    lines = f"受理单号,交易所,回报代码,交易编码\n{number},SHFE,0,{CODE}\n{number},DCE,3,\n"
    yield lines.encode()
    yield lines.encode("utf-8-sig")
    yield lines.encode("gb18030")
    rows = [{"case_number": number, "exchange": "shfe", "return_code": 0, "trading_code": CODE},
            {"case_number": number, "exchange": "DCE", "return_code": "3"}]  # fmt: skip
    yield json.dumps(rows).encode()
    yield json.dumps({"results": rows}).encode()


def test_every_form_of_a_file_says_the_same() -> None:
    forms = [[replace(row, line=0) for row in read_results(each)] for each in answers("8001202603020001")]
    assert len(forms) == 5 and all(form == forms[0] for form in forms)


def test_a_file_is_taken_once(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    file = next(answers(walk.case(bench).number))
    assert [fate for fate, _ in take(bench, file)] == [Fate.TAKEN] * 2
    bench.run_jobs()
    told = len(bench.sms.sent)
    assert [fate for fate, _ in take(bench, file)] == [Fate.KNOWN] * 2
    bench.run_jobs()
    assert len(bench.sms.sent) == told
    assert bench.audit()[-1] == ("staff:exchange:import", "firm:f1", {"taken": 0, "known": 2, "refused": 0})
    assert statuses(bench, walk)["SHFE"] is ApplyStatus.PASSED


def test_each_row_is_judged_by_itself(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    number = walk.case(bench).number
    record_exchange(bench.desk, bench.staff("review"), walk.case_id, "SHFE", 0, CODE)
    found = take(bench, f"case_number,exchange,return_code,trading_code\n{number},SHFE,3,\n{number},DCE,9,\n"
                        f"{number},CZCE,0,12\n8001999999999999,DCE,1,\n{number},XXX,1,\n{number},DCE,2,\n")  # fmt: skip
    assert [fate for fate, _ in found] == [Fate.REFUSED] * 6
    assert all(reason for _, reason in found)
    assert "不一致" in found[0][1] and "前面" in found[5][1]
    assert statuses(bench, walk)["SHFE"] is ApplyStatus.PASSED
    nothing = json.dumps([{"case_number": "\x00", "exchange": "DCE", "return_code": 1}, {}])
    assert [fate for fate, _ in take(bench, nothing)] == [Fate.REFUSED] * 2
    assert [fate for fate, _ in take(bench, f"case_number,exchange,return_code\n{number},DCE,2\n")] == [Fate.TAKEN]


@pytest.mark.parametrize("content", [
    b"", b"a,b\n1,2\n", b"\xff\xff\xff", b"[1]", b"{}", b'{"results": 1}', b"[", b"[" * 100_000,
    "受理单号,交易所,回报代码\n".encode(), b'case_number,exchange,return_code\n"x', b"x" * (MOST_BYTES + 1),
    b"case_number,exchange,return_code\n" + b"1,SHFE,1\n" * (MOST_ROWS + 1),
])  # fmt: skip
def test_what_is_no_file_of_answers_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        read_results(content)


def test_another_firm_and_other_roles_import_nothing(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    file = next(answers(walk.case(bench).number))
    for login in ("witness", "callback", "service", "admin"):
        with pytest.raises(NotAllowed):
            import_results(bench.desk, bench.staff(login), file)
    foreign = import_results(bench.desk, bench.staff("review", firm="f2"), file)
    assert {each.fate for each in foreign} == {Fate.REFUSED}
    assert set(statuses(bench, walk).values()) == {ApplyStatus.INCOMPLETE}
