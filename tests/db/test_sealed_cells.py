"""A sealed cell opens in its own place only: not in another row, case, field, table or firm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Table, select, update

from core.keys import Unreadable
from core.usecases.certificates import authority_of
from db import sealed
from db.tables import Base
from db.work import SqlWork
from tests.db.filled import EARLY, fill
from tests.desk_bench import Bench

Read = Callable[[Any, Any], Any]
"""Reads the row through its store."""

READ: dict[str, Read] = {
    "answer.values_sealed": lambda w, r: w.cases.answers(r.case_id),
    "authority.keys_sealed": lambda w, _: w.documents.find_authority(),
    "block_entry.body_sealed": lambda w, r: w.watch.find_block(r.id),
    "call_line.text_sealed": lambda w, r: w.calls.lines(r.case_id, r.audience),
    "callback.note_sealed": lambda w, r: w.results.callbacks(r.case_id),
    "case_event.body_sealed": lambda w, r: w.casework.events(r.case_id),
    "case_file.remark_sealed": lambda w, r: w.cases.get(r.id),
    "case_task.note_sealed": lambda w, r: w.casework.find_task(r.id),
    "certificate.secret_sealed": lambda w, r: w.documents.find_certificate(r.kid),
    "customer.data_sealed": lambda w, r: w.people.find_customer(customer_id=r.id),
    "customer.file_sealed": lambda w, r: w.people.customer_file(r.id),
    "customer_note.text_sealed": lambda w, r: w.matters.notes_of([r.subject]),
    "data_request.body_sealed": lambda w, r: w.matters.find_request(r.id),
    "document.body_sealed": lambda w, r: w.documents.find(r.id),
    "exchange_request.code_sealed": lambda w, r: w.results.requests(r.case_id),
    "knowledge_attempt.body_sealed": lambda w, r: w.knowledge.find(r.id),
    "legal_hold.reason_sealed": lambda w, _: w.retention.holds(),
    "photo_mark.body_sealed": lambda w, r: w.marks.of_case(r.case_id),
    "photo_reading.body_sealed": lambda w, r: w.photos.find(r.evidence_id),
    "proof.body_sealed": lambda w, r: w.cases.proofs(r.case_id),
    "proposal.body_sealed": lambda w, r: w.matters.find_proposal(r.id),
    "quality_sample.note_sealed": lambda w, r: w.samples.find_sample(r.id),
    "rejection.text_sealed": lambda w, r: w.cases.rejections(r.case_id) or w.cases.internal_notes(r.case_id),
    "session.phone_sealed": lambda w, r: w.people.find_session(session_id=r.id),
    "sms_code.phone_sealed": lambda w, r: w.people.find_code(r.id),
    "sms_message.body_sealed": lambda w, r: w.jobs.find_sms(r.id),
    "webhook.target_sealed": lambda w, r: w.interfaces.find_webhook(r.id),
    "staff.totp_sealed": lambda w, r: w.people.find_staff(staff_id=r.id),
}


class _UndoError(Exception):
    """Ends a transaction without keeping it."""


@dataclass(frozen=True)
class Cell:
    """A sealed cell with its row."""

    column: Column[Any]
    row: Any

    @property
    def name(self) -> str:
        return str(self.column)

    @property
    def table(self) -> Table:
        return self.column.table  # type: ignore[return-value]

    @property
    def blob(self) -> bytes:
        return bytes(getattr(self.row, self.column.name))

    @property
    def place(self) -> str:
        """The row as the associated data names it: its key without the firm, or the firm."""
        keys = [str(getattr(self.row, key.name)) for key in self.table.primary_key.columns if key.name != "firm_id"]
        return "|".join(keys) or self.row.firm_id


def sealed_columns() -> list[Column[Any]]:
    return [c for table in Base.metadata.sorted_tables for c in table.columns if c.name.endswith("_sealed")]


def cells(connection: Connection) -> dict[str, list[Cell]]:
    """Every sealed cell of the filled firm by table.column."""
    found = {}
    for column in sealed_columns():
        query = select(*column.table.columns).where(column.table.c.firm_id == "f1", column.isnot(None))
        found[str(column)] = [Cell(column, row) for row in connection.execute(query)]
    return found


def reading(bench: Bench, cell: Cell, blob: bytes) -> None:
    """Put a blob into the cell and read the row through its store; nothing of it is kept."""
    with suppress(_UndoError), bench.desk.write("f1") as work:
        assert isinstance(work, SqlWork)
        keys = [column == getattr(cell.row, column.name) for column in cell.table.primary_key.columns]
        done = work.connection.execute(update(cell.table).where(*keys).values({cell.column.name: blob}))
        assert done.rowcount == 1
        READ[cell.name](work, cell.row)
        raise _UndoError


def foreign(cell: Cell, everything: dict[str, list[Cell]]) -> Iterator[Cell]:
    """Cells whose content might be moved here: of the same column in other rows, and one of each other column."""
    for name, others in everything.items():
        if name == cell.name:
            yield from [other for other in others if other.row != cell.row][:6]
        else:
            yield others[0]


@pytest.fixture
def everything(bench: Bench) -> dict[str, list[Cell]]:
    fill(bench)
    authority_of(bench.desk, "f1")
    with bench.database.engine.connect() as connection:
        return cells(connection)


def test_every_sealed_column_has_a_reader() -> None:
    assert {str(column) for column in sealed_columns()} == READ.keys()


def test_every_cell_opens_where_it_stands(bench: Bench, everything: dict[str, list[Cell]]) -> None:
    assert [name for name, found in everything.items() if not found] == []
    for found in everything.values():
        for cell in found:
            with bench.desk.read("f1") as work:
                READ[cell.name](work, cell.row)


def test_a_cell_that_was_moved_does_not_open(bench: Bench, everything: dict[str, list[Cell]]) -> None:
    moved = 0
    for found in everything.values():
        for other in foreign(found[0], everything):
            moved += 1
            with pytest.raises(Unreadable):
                reading(bench, found[0], other.blob)
    assert moved > len(everything) ** 2 - len(everything)


def test_a_cell_of_another_firm_does_not_open_in_the_same_place(
    bench: Bench, everything: dict[str, list[Cell]]
) -> None:
    ours, theirs = bench.desk.keys.firm("f1"), bench.desk.keys.firm("f2")
    for found in everything.values():
        cell = found[0]
        place = (cell.table.name, cell.column.name, cell.place)
        value = sealed.unseal(ours, *place, cell.blob)
        reading(bench, cell, sealed.seal(ours, *place, value))
        with pytest.raises(Unreadable):
            reading(bench, cell, sealed.seal(theirs, *place, value))


def test_a_changed_or_cut_cell_does_not_open(bench: Bench, everything: dict[str, list[Cell]]) -> None:
    for found in everything.values():
        blob = found[0].blob
        for broken in (b"\x01", blob[:-1], blob[:20], blob[:-1] + bytes([blob[-1] ^ 1]), b"\x02" + blob[1:]):
            with pytest.raises(Unreadable):
                reading(bench, found[0], broken)


def test_an_answer_cannot_be_taken_over_from_another_case_or_step(
    bench: Bench, everything: dict[str, list[Cell]]
) -> None:
    """The move that would pay: somebody else's profile, or one step's consent for another's."""
    answers = everything["answer.values_sealed"]
    profiles = [cell for cell in answers if cell.row.step == "profile"]
    assert len({cell.row.case_id for cell in profiles}) > 1
    with pytest.raises(Unreadable):
        reading(bench, profiles[0], profiles[1].blob)
    consents = next(c for c in answers if c.row.step == "photos" and c.row.case_id == profiles[0].row.case_id)
    with pytest.raises(Unreadable):
        reading(bench, profiles[0], consents.blob)


def test_the_words_of_a_message_stay_with_their_receiver(bench: Bench, everything: dict[str, list[Cell]]) -> None:
    with bench.desk.read("f1") as work:
        assert len(work.jobs.recent_sms(EARLY)) > 1
    first, second, *_ = everything["sms_message.body_sealed"]
    bench.pass_time(timedelta(minutes=1))
    with pytest.raises(Unreadable):
        reading(bench, first, second.blob)
