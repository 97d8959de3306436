"""Marks that persons share over cases, and the block list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, and_, delete, or_, select

from core.records_watch import Block
from db import tables_watch as t
from db.stores.base import Store

_M, _B = t.PersonMarkRow, t.BlockRow
_FIELDS = {"id_number": "id_number", "phone": "phone", "card": "bank_card", "device": "device"}
"""Kind -> the field of the blind index; the same as elsewhere for ID number and phone."""


class Watch(Store):
    """Marks are only added; an entry of the block list is put there by two persons."""

    # -- marks
    def mark(self, kind: str, value: str, subject: str) -> None:
        """Keep that this value was seen there; again changes nothing."""
        index = self.index(_FIELDS[kind], value)
        self.work.add_first(_M, kind=kind, value_index=index, subject=subject, at=self.work.now)

    def marks_of(self, subjects: Collection[str]) -> list[tuple[str, bytes]]:
        """(kind, index) of everything seen there, in a stable order."""
        found = self.rows(_M, _M.subject.in_(subjects), order=(_M.kind, _M.value_index))
        return list(dict.fromkeys((row.kind, bytes(row.value_index)) for row in found))

    def sharing(self, kind: str, value: bytes, but: Collection[str]) -> list[str]:
        """Where else this value was seen, the newest first."""
        where = (_M.kind == kind, _M.value_index == value, _M.subject.not_in(but))
        return [row.subject for row in self.rows(_M, *where, order=(_M.at.desc(), _M.subject))]

    def move_marks(self, old: str, new: str) -> None:
        """What was seen under one name counts for another from now on."""
        for row in self.rows(_M, _M.subject == old):
            self.work.add_first(_M, kind=row.kind, value_index=row.value_index, subject=new, at=row.at)
        gone = delete(_M).where(_M.firm_id == self.work.firm_id, _M.subject == old)
        self.work.connection.execute(gone)

    # -- the block list
    def _block(self, r: Row[Any]) -> Block:
        body = self.unseal(_B, "body_sealed", r.id, r.body_sealed)
        return Block(r.id, r.kind, r.state, body, r.proposed_by, r.proposed_at, r.decided_by, r.decided_at)

    def add_block(self, block: Block) -> None:
        """Insert; `Stale` while the same value waits or is blocked already."""
        self.add(
            _B,
            id=block.id,
            kind=block.kind,
            value_index=self.index(_FIELDS[block.kind], block.body["value"]),
            state=block.state,
            body_sealed=self.seal(_B, "body_sealed", block.id, dict(block.body)),
            proposed_by=block.proposed_by,
            proposed_at=block.proposed_at,
        )

    def find_block(self, block_id: str) -> Block | None:
        """An entry or None."""
        row = self.row(_B, _B.id == block_id)
        return self._block(row) if row else None

    def blocks(self) -> list[Block]:
        """Every entry, also ended ones, newest first."""
        return [self._block(row) for row in self.rows(_B, order=(_B.proposed_at.desc(), _B.id))]

    def blocked(self, values: Mapping[str, str]) -> Block | None:
        """The active entry for any of these values (kind -> value)."""
        known = {kind: self.index(_FIELDS[kind], value) for kind, value in values.items() if value}
        if not known:
            return None
        any_of = or_(*(and_(_B.kind == kind, _B.value_index == index) for kind, index in known.items()))
        hit = self.work.connection.execute(
            select(_B.id).where(_B.firm_id == self.work.firm_id, _B.state == "active", any_of).limit(1)
        ).scalar_one_or_none()
        return self.find_block(hit) if hit else None

    def set_block(self, block: Block, expected: str, **values: Any) -> bool:
        """Change an entry that is in a state; False when it is not. `body` is sealed."""
        where = (_B.firm_id == self.work.firm_id, _B.id == block.id, _B.state == expected)
        if "body" in values:
            values["body_sealed"] = self.seal(_B, "body_sealed", block.id, dict(values.pop("body")))
        return self.work.update_one(_B, where, **values)
