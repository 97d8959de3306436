"""What the reviewer sees of the pictures of a case: every version, what was read, marks and opinions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from core.actor import Actor
from core.case import Action
from core.flow import Evidence
from core.ports import Desk
from core.records_marks import Judgement, PhotoMark
from core.records_photos import PhotoReading
from core.usecases.photo_readings import readings_of
from core.usecases.photos import STEP_OF
from core.usecases.review_case import held


@dataclass(frozen=True)
class PhotoStation:
    """`earlier` has the replaced versions by slot, the newest first; `readings` are by evidence id."""

    earlier: Mapping[str, tuple[Evidence, ...]]
    readings: Mapping[str, PhotoReading]
    marks: tuple[PhotoMark, ...]
    judgements: tuple[Judgement, ...]

    @property
    def waiting_marks(self) -> tuple[PhotoMark, ...]:
        """Marks that the next rejection will carry."""
        return tuple(mark for mark in self.marks if not mark.rejection_id)


def photo_station(desk: Desk, actor: Actor, case_id: str) -> PhotoStation:
    """Everything about the pictures of the case that this reviewer has taken; the look is on record."""
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.REJECT)
        work.personal_read(actor, f"case:{case_id}", "review:photos")
        live = {item.id for item in loaded.facts.evidence}
        earlier: dict[str, tuple[Evidence, ...]] = {}
        for item in sorted(work.cases.replaced_evidence(case_id), key=attrgetter("created_at"), reverse=True):
            if item.slot in STEP_OF and item.id not in live:
                earlier[item.slot] = (*earlier.get(item.slot, ()), item)
        return PhotoStation(
            earlier, readings_of(work, loaded.facts), tuple(work.marks.of_case(case_id)),
            tuple(work.marks.judgements(case_id)),
        )  # fmt: skip
