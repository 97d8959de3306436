"""Knowledge tests: one row per attempt, sealed as a whole with every saved answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select

from core.rules.knowledge_test import Attempt, Drawn, Given
from db import tables as t
from db.stores.base import Store

_K = t.KnowledgeAttempt
_OPEN = _K.ended_at.is_(None)


class KnowledgeAttempts(Store):
    """Questions, right answers and what was chosen are sealed together; one open attempt per owner."""

    def _attempt(self, r: Row[Any]) -> Attempt:
        body = self.unseal(_K, "body_sealed", r.id, r.body_sealed)
        return Attempt(
            id=r.id,
            case_id=r.case_id,
            owner=r.owner,
            started_at=r.started_at,
            due_at=r.due_at,
            version=body["version"],
            person=body["person"],
            questions=tuple(_drawn(row) for row in body["questions"]),
            answers={key: Given(option, datetime.fromisoformat(at)) for key, (option, at) in body["answers"].items()},
            ended_at=r.ended_at,
            points=r.points,
            passed=r.passed,
        )

    def _body(self, attempt: Attempt) -> bytes:
        body = {
            "version": attempt.version,
            "person": attempt.person,
            "questions": [vars(question) for question in attempt.questions],
            "answers": {key: (given.option, given.at.isoformat()) for key, given in attempt.answers.items()},
        }
        return self.seal(_K, "body_sealed", attempt.id, body)

    def find(self, attempt_id: str, *, lock: bool = False) -> Attempt | None:
        """An attempt or None. With `lock` nobody else changes it before this transaction ends."""
        query = select(*_K.__table__.columns).where(_K.firm_id == self.work.firm_id, _K.id == attempt_id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).first()
        return self._attempt(row) if row else None

    def find_open(self, owner: str) -> Attempt | None:
        """The one attempt of an owner that has not ended, whether or not its time has run out."""
        found = self.equal(_K, missing=("ended_at",), owner=owner)
        return self._attempt(found[0]) if found else None

    def of_person(self, owner: str, person: str) -> list[Attempt]:
        """All attempts of an owner or of this person under any sign-in, in whichever case, oldest first."""
        mine = or_(_K.owner == owner, _K.person_index == self.index("test_person", person))
        return [self._attempt(row) for row in self.rows(_K, mine, order=(_K.started_at, _K.id))]

    def of_case(self, case_id: str) -> list[Attempt]:
        """All attempts of a case, oldest first."""
        return [self._attempt(row) for row in self.equal(_K, case_id=case_id, order=("started_at", "id"))]

    def overdue(self) -> list[Attempt]:
        """Open attempts whose time has run out."""
        found = self.rows(_K, _OPEN, _K.due_at <= self.work.now, order=_K.due_at)
        return [self._attempt(row) for row in found]

    def add_attempt(self, attempt: Attempt) -> None:
        """Insert; `Stale` when the owner has an open one already."""
        names = ("id", "case_id", "owner", "started_at", "due_at")
        who = self.index("test_person", attempt.person)
        values = {name: getattr(attempt, name) for name in names}
        self.add(_K, **values, body_sealed=self._body(attempt), person_index=who)

    def save_answers(self, attempt: Attempt) -> bool:
        """Keep the answers of an open attempt that this transaction has locked; False when it has ended."""
        where = (_K.firm_id == self.work.firm_id, _K.id == attempt.id, _OPEN)
        return self.work.update_one(_K, where, body_sealed=self._body(attempt))

    def end(self, attempt_id: str, ended_at: datetime, points: int, *, passed: bool) -> bool:
        """End an open attempt; False when somebody was first."""
        where = (_K.firm_id == self.work.firm_id, _K.id == attempt_id, _OPEN)
        return self.work.update_one(_K, where, ended_at=ended_at, points=points, passed=passed)


def _drawn(row: dict[str, Any]) -> Drawn:
    return Drawn(**{**row, "options": tuple((key, text) for key, text in row["options"])})
