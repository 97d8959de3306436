"""Open one stored file for showing or downloading: authorised, audited, never by a guessable address."""

from __future__ import annotations

from dataclasses import replace

from core.actor import Actor, Role
from core.audit import Tag
from core.errors import NotAllowed, NotFound
from core.flow import Evidence
from core.permissions import Permission, allow, holds, own
from core.ports import Desk, VaultReader, Work
from core.usecases.photos import STEP_OF

CUSTOMER_SLOTS = (*STEP_OF, "signed", "prepared")
"""What customers may see of their own case; captures and recordings belong to the firm's file."""


def open_evidence(desk: Desk, actor: Actor, evidence_id: str) -> tuple[Evidence, VaultReader]:
    """The evidence row and a reader of its bytes; raises `NotFound` for anything the actor may not know of."""
    with desk.write(actor.firm_id) as work:
        found = work.cases.find_evidence(evidence_id)
        if found is None:
            raise NotFound
        item, case_id = found
        try:
            _may_open(work, actor, item, case_id)
        except NotAllowed as refused:
            raise NotFound from refused
        if actor.is_staff:
            work.personal_read(actor, f"case:{case_id}", f"evidence:{item.slot}")
        elif item.slot == "signed":
            work.audit(actor, Tag.CUSTOMER_DOCUMENT_READ, f"case:{case_id}", evidence=item.id)
    return item, desk.vault.open(actor.firm_id, item.file_id)


def open_crop(desk: Desk, actor: Actor, evidence_id: str) -> tuple[Evidence, VaultReader]:
    """The picture and a reader of its straightened card, under the same rights and record as the picture itself."""
    with desk.write(actor.firm_id) as work:
        found, reading = work.cases.find_evidence(evidence_id), work.photos.find(evidence_id)
        if found is None or reading is None or not reading.crop_file:
            raise NotFound
        item, case_id = found
        try:
            _may_open(work, actor, item, case_id)
        except NotAllowed as refused:
            raise NotFound from refused
        if actor.is_staff:
            work.personal_read(actor, f"case:{case_id}", f"evidence:{item.slot}")
    return item, desk.vault.open(actor.firm_id, reading.crop_file)


def _may_open(work: Work, actor: Actor, item: Evidence, case_id: str) -> None:
    """The right of a witness reaches as far as the call that runs, whatever other roles come with it."""
    if not actor.is_staff:
        own(actor, work.cases.get(case_id))
        if item.slot not in CUSTOMER_SLOTS:
            raise NotAllowed
        return
    allow(actor, Permission.EVIDENCE_READ)
    if holds(replace(actor, roles=actor.roles - {Role.WITNESS}), Permission.EVIDENCE_READ):
        return
    ticket = work.queue.find_held(actor.staff_id)
    if ticket is None or ticket.case_id != case_id:
        raise NotAllowed
