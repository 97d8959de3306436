"""Staff decide whether the conditions of access of a case are met (R118, domain.md 4.5); the decision is a proof."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import WrongState
from core.flow import Proof
from core.ports import Desk
from core.rules.access import DECISIONS
from core.steps.access import PROOF
from core.steps.exchanges import access_of
from core.usecases.review_case import held

MOST_NOTE = 500


def decide_access(desk: Desk, actor: Actor, case_id: str, requirement: str, decision: str, note: str = "") -> None:
    """Store one of `DECISIONS` on a requirement of the case that the reviewer has taken; the newest one counts.

    `note` says what it rests on; without one nothing is refused or exempted. The same decision again changes nothing.
    """
    words = note.strip()[:MOST_NOTE]
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.APPROVE)
        found = access_of(loaded.facts, loaded.rules, loaded.now)
        standing = next((each for each in found if each.requirement.key == requirement), None)
        if standing is None or decision not in DECISIONS:
            raise WrongState
        if decision != "met" and not words:
            raise WrongState("请写明依据。")
        body = {"decision": decision, "note": words, "staff": actor.staff_id}
        if standing.decision and standing.decision.body == body:
            return
        work.cases.add_proof(case_id, Proof(PROOF, requirement, standing.mark, work.now, body), actor.id)
        work.audit(actor, Tag.STAFF_ACCESS_DECIDE, f"case:{case_id}", requirement=requirement, decision=decision)
