"""The reviewer judges who shares an ID number, phone, card or device with the customer of the case."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import NotFound, WrongState
from core.flow import Proof
from core.ports import Desk
from core.records_watch import VERDICTS
from core.usecases.review_case import held
from core.usecases.shared_marks import PROOF, Match, matches

MOST_NOTE = 500


def matches_of(desk: Desk, actor: Actor, case_id: str) -> list[Match]:
    """What is to be judged in the case that this reviewer has taken."""
    with desk.read(actor.firm_id) as work:
        return matches(work, held(work, actor, case_id, Action.APPROVE))


def decide_match(desk: Desk, actor: Actor, case_id: str, key: str, verdict: str, note: str) -> None:
    """Store one of `VERDICTS` with what it rests on; the newest one counts. Raises `WrongState` without a reason."""
    words = note.strip()[:MOST_NOTE]
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.APPROVE)
        match = next((each for each in matches(work, loaded) if each.key == key), None)
        if match is None or verdict not in VERDICTS:
            raise NotFound
        if not words:
            raise WrongState("请写明判断的依据。")
        body = {"verdict": verdict, "note": words, "staff": actor.staff_id}
        work.cases.add_proof(case_id, Proof(PROOF, key, match.index, work.now, body), actor.id)
        work.audit(actor, Tag.STAFF_MATCH_DECIDE, f"case:{case_id}", mark=match.kind, verdict=verdict)
