"""Record reading on the server's clock: opened, and read to the end after at least the minimum time (R124)."""

from __future__ import annotations

from datetime import timedelta

from core.actor import Actor
from core.agreements import Agreement, agreements_for
from core.audit import Tag
from core.case import Action
from core.errors import NotFound
from core.flow import Proof
from core.ports import Desk
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded, settle

UNREAD = "请完整阅读该协议内容。"
GRACE = timedelta(seconds=1)
"""What the way to the server and back may take from the reading time."""


def _agreement(loaded: Loaded, code: str) -> Agreement:
    for agreement in agreements_for("agreements", loaded.facts, loaded.rules, loaded.now):
        if agreement.code == code:
            return agreement
    raise NotFound


def open_agreement(desk: Desk, actor: Actor, case_id: str, code: str) -> None:
    """Note when this form of the document was first shown; repeating it does nothing."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, "agreements")
        agreement = _agreement(loaded, code)
        if loaded.facts.proof("opened", code, agreement.fingerprint, "agreements"):
            return
        work.cases.add_proof(case_id, Proof("opened", code, agreement.fingerprint, work.now), actor.id)
        work.audit(actor, Tag.CUSTOMER_DOCUMENT_READ, f"case:{case_id}", document=code, event="opened")


def finish_agreement(desk: Desk, actor: Actor, case_id: str, code: str) -> str:
    """Empty when the reading is recorded, else why it does not count yet."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, "agreements")
        agreement = _agreement(loaded, code)
        if loaded.facts.proof("read", code, agreement.fingerprint, "agreements"):
            return ""
        opened = loaded.facts.proof("opened", code, agreement.fingerprint, "agreements")
        needed = timedelta(seconds=agreement.min_read_seconds)
        if opened is None or work.now - opened.created_at + GRACE < needed:
            return UNREAD
        seconds = round((work.now - opened.created_at).total_seconds())
        proof = Proof("read", code, agreement.fingerprint, work.now, {"version": agreement.version, "seconds": seconds})
        work.cases.add_proof(case_id, proof, actor.id)
        settle(work, work.cases.change(loaded.case))
        work.audit(actor, Tag.CUSTOMER_DOCUMENT_READ, f"case:{case_id}", document=code, event="end", seconds=seconds)
        return ""
