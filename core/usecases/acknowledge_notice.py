"""Answer a risk notice of the exchange page: insist, choose again, or give the business up (R109-R114)."""

from __future__ import annotations

from collections.abc import Sequence

from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import WrongState
from core.flow import Proof
from core.ports import Desk
from core.steps.exchanges import groups_for, notice_print, pending_notices
from core.usecases.abandon_case import abandon
from core.usecases.answer_step import load_own
from core.usecases.loading import settle


def acknowledge_notice(
    desk: Desk, actor: Actor, case_id: str, key: str, decision: str, chosen: Sequence[str] = ()
) -> None:
    """Record what the customer pressed; `insist` and `ok` become proofs, `give_up` ends the case at once (R110)."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, "exchanges")
        facts, rules = loaded.facts, loaded.rules
        waiting = [*pending_notices(facts, rules, "entry"), *pending_notices(facts, rules, "next", chosen)]
        offered = rules["notices"]["notices"][key]["buttons"] if key in waiting else ()
        if decision not in {button["key"] for button in offered}:
            raise WrongState
        if decision == "give_up":
            abandon(work, actor, loaded.case)
            return
        if decision in {"insist", "ok"}:
            mark = notice_print(facts, groups_for(key, chosen, rules))
            work.cases.add_proof(case_id, Proof("notice", key, mark, work.now, {"decision": decision}), actor.id)
            settle(work, work.cases.change(loaded.case))
        work.audit(actor, Tag.CUSTOMER_NOTICE_ACKNOWLEDGE, f"case:{case_id}", notice=key, decision=decision)
