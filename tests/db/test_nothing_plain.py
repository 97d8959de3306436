"""Nothing personal stands plain in a filled database: not in SQLite's files, not in any column of either database."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import JSON, LargeBinary, String, select

from db.tables import Base
from tests.builders import LI, PROFILE, ZHANG
from tests.db.filled import ONLY_HERE, PHONE, TOTP, TRADING_CODE, WANG, fill
from tests.desk_bench import EXISTING, Bench

PEOPLE = (ZHANG, LI, WANG)
CANARIES = {
    **{f"{p.name}: {field}": getattr(p, field) for p in PEOPLE for field in ("name", "phone", "id_number", "card")},
    **{f"{c.id}: {name}": getattr(c, name) for c in (EXISTING, ONLY_HERE) for name in ("name", "phone", "id_number")},
    "address on the card": PROFILE["id_address"],
    "address for letters": PROFILE["contact_address"],
    "phone of a code": PHONE,
    "trading code": TRADING_CODE,
    "secret of one-time passwords": TOTP,
    "words to the customer": "地址与证件不符",
    "words among staff": "内部说明",
    "note of the call": "关机",
    "note on a customer": "独此备注",
    "why a case is held": "独此依据",
    "words of a request": "独此请求",
    "secret of a webhook": "whsec_onlyhere",
}  # fmt: skip


def spellings(value: str) -> Iterator[bytes]:
    """How a value may stand in bytes, its unkeyed digests included: an ID number is soon guessed from one."""
    yield value.encode()
    yield value.encode("utf-16-le")
    yield json.dumps(value).strip('"').encode()
    yield base64.b64encode(value.encode()).rstrip(b"=")[:-1]
    for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        yield digest(value.encode()).digest()
        yield digest(value.encode()).hexdigest().encode()


def seen_in(data: bytes) -> list[str]:
    """Names of the canaries that stand in the bytes."""
    return [name for name, value in CANARIES.items() if any(each in data for each in spellings(value))]


def cells(bench: Bench) -> Iterator[tuple[str, Any]]:
    """(table.column, value) of every cell that can hold text or bytes."""
    with bench.database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, JSON | LargeBinary | String):
                    yield from ((f"{column}", value) for (value,) in connection.execute(select(column)))


def as_bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("how", range(10))
def test_a_canary_would_be_seen(how: int) -> None:
    value = list(spellings(ZHANG.id_number))[how]
    assert f"{ZHANG.name}: id_number" in seen_in(b"..." + value + b"...")


def test_no_column_holds_anything_personal(bench: Bench) -> None:
    fill(bench)
    found, places = {}, set()
    for place, value in cells(bench):
        places.add(place)
        if hit := seen_in(as_bytes(value)):
            found[place] = hit
    assert found == {}
    assert {"answer.values_sealed", "session.phone_sealed", "case_file.clear", "audit.detail"} <= places


def test_what_was_filled_in_can_be_read_by_who_may(bench: Bench) -> None:
    """The canaries are really in there: what is not stored at all would pass every search."""
    filled = fill(bench)
    with bench.desk.read("f1") as work:
        values = {walk.person: work.cases.answers(walk.case_id) for walk in (filled.active, filled.rejected)}
        requests = work.results.requests(filled.active.case_id)
    for person, answers in values.items():
        assert answers["profile"].values["id_number"] == person.id_number
        assert answers["bank"].values["cards"][0]["number"] == person.card
    assert TRADING_CODE in {request.trading_code for request in requests}


def test_no_file_of_the_database_holds_anything_personal(bench: Bench) -> None:
    """SQLite: the file with its free pages and the write-ahead log; PostgreSQL: the files of the database's tables."""
    fill(bench)
    database, files = bench.database, []
    with database.engine.connect() as connection:
        if bench.backend.cluster:
            connection.exec_driver_sql("CHECKPOINT")
            oid = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar()
            files = sorted((bench.backend.cluster.folder / "data" / "base" / str(oid)).iterdir())
        else:
            files = sorted(bench.backend.folder.glob(f"{bench.name}.db*"))
    assert files and sum(path.stat().st_size for path in files) > 500_000
    assert {path.name: hit for path in files if (hit := seen_in(path.read_bytes()))} == {}


def test_the_write_ahead_log_is_looked_through_too(bench: Bench) -> None:
    fill(bench)
    endings = {path.name.partition(".db")[2] for path in bench.backend.folder.glob(f"{bench.name}.db*")}
    assert endings == (set() if bench.backend.cluster else {"", "-wal", "-shm"})
