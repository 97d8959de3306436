"""The witness's side of a call: claim, keep, captures, script, result (R151-R157)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.call_notes import right_answers
from core.case import Action, require
from core.errors import NotFound, Stale, WrongState
from core.flow import Evidence, Proof
from core.permissions import Permission, allow, owns
from core.ports import Desk, Work
from core.records import StaffMember, Ticket
from core.sentence import Sentence, listed
from core.steps.conditions import holds
from core.steps.witness import CAPTURES, TAKEN, attested, captures
from core.usecases.duty import after_call, stay_busy
from core.usecases.loading import Loaded, load, settle
from core.usecases.reject_case import reject
from core.usecases.reservations import note_passed, note_served

FACTS = "facts"
"""Where a ticket's script keeps the mark of what was claimed."""


def _member(work: Work, actor: Actor) -> StaffMember:
    allow(actor, Permission.QUEUE_SERVE)
    member = work.people.find_staff(staff_id=actor.staff_id)
    if member is None:
        raise NotFound
    return member


def claim_next(desk: Desk, actor: Actor) -> Ticket | None:
    """The next customer whom this witness can serve, at once; who rings or is already in the call comes first.

    None when nobody waits. Whoever takes a customer is on duty from then on.
    """
    with desk.write(actor.firm_id) as work:
        member = _member(work, actor)
        work.duty.current(member.id, lock=True)
        held = work.queue.find_held(member.id)
        ticket = held or work.queue.claim(member.id)
        if ticket and not held:
            _begin(work, actor, member, ticket)
        return ticket


def accept_offer(desk: Desk, actor: Actor, ticket_id: str, fence: int) -> Ticket:
    """Take the customer who rings; raises `Stale` when the offer is over."""
    with desk.write(actor.firm_id) as work:
        member = _member(work, actor)
        work.duty.current(member.id, lock=True)
        ticket = work.queue.accept(ticket_id, member.id, fence)
        if ticket is None:
            raise Stale("该客户已不在等您接听。")
        _begin(work, actor, member, ticket)
        return ticket


def _begin(work: Work, actor: Actor, member: StaffMember, ticket: Ticket) -> None:
    loaded = load(work, ticket.case_id)
    work.queue.save_script(ticket.id, member.id, ticket.fence, begin_script(work, loaded))
    note_served(work, loaded.case)
    work.duty.change(member.id, member.branch_id, "busy")
    work.audit(actor, Tag.STAFF_CALL_CLAIM, f"case:{ticket.case_id}", ticket=ticket.id, fence=ticket.fence)


def begin_script(work: Work, loaded: Loaded) -> dict[str, Any]:
    """The script of a call that begins: nothing is ticked, and the mark of what the pass will attest."""
    return {FACTS: _facts_mark(work, loaded)}


def _facts_mark(work: Work, loaded: Loaded) -> str:
    """What the pass will attest, as a keyed mark: the ticket is no sealed place."""
    return work.keys.mac("witness_facts", attested(loaded.facts).encode()).hex()


def held_call(work: Work, actor: Actor, ticket_id: str, fence: int) -> Loaded:
    """The case of the call that this witness holds; raises `Stale` when it was given to somebody else."""
    return load(work, _held_ticket(work, actor, ticket_id, fence).case_id)


def _held_ticket(work: Work, actor: Actor, ticket_id: str, fence: int) -> Ticket:
    allow(actor, Permission.QUEUE_SERVE)
    ticket = work.queue.find(ticket_id, lock=True)
    if ticket is None or ticket.state != "in_call" or (ticket.staff_id, ticket.fence) != (actor.staff_id, fence):
        raise Stale("这次通话已结束或已转给其他同事。")
    return ticket


def keep_call(desk: Desk, actor: Actor, ticket_id: str, fence: int) -> bool:
    """Renew the lease; False when the call is no longer held."""
    with desk.write(actor.firm_id) as work:
        member = _member(work, actor)
        held = work.queue.renew(ticket_id, member.id, fence)
        if held:
            stay_busy(work, member)
        return held


def release_call(desk: Desk, actor: Actor, ticket_id: str, fence: int) -> None:
    """Put the customer back to the head of the queue."""
    with desk.write(actor.firm_id) as work:
        loaded = held_call(work, actor, ticket_id, fence)
        work.queue.back_to_head(ticket_id, actor.staff_id, fence)
        after_call(work, actor.staff_id)
        work.audit(actor, Tag.STAFF_CALL_RELEASE, f"case:{loaded.case.id}", ticket=ticket_id)


def mark_script(desk: Desk, actor: Actor, ticket_id: str, fence: int, step: str, *, passed: bool) -> None:
    """Tick or untick one step of the script with its time."""
    with desk.write(actor.firm_id) as work:
        loaded = held_call(work, actor, ticket_id, fence)
        if step not in {s["key"] for s in loaded.rules["witness_script"]["steps"]}:
            raise NotFound
        ticket = work.queue.find(ticket_id)
        marks = script_marks(ticket)
        marks.pop(step, None)
        if passed:
            marks[step] = work.now.isoformat(timespec="seconds")
        script = {**(ticket.script if ticket else {}), "marks": marks}
        work.queue.save_script(ticket_id, actor.staff_id, fence, script)
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{loaded.case.id}", step=step, passed=passed)


def script_marks(ticket: Ticket | None) -> dict[str, str]:
    """The ticked steps of a call's script with their times (ISO 8601, UTC)."""
    return dict(ticket.script.get("marks") or {}) if ticket else {}


def start_recording(
    desk: Desk, actor: Actor, ticket_id: str, fence: int, role: str, file_id: str, index_id: str
) -> str:
    """Promise that a recording and its index will be stored: the job finds the files also when this process dies.

    Returns the case number, for the head of the index.
    """
    with desk.write(actor.firm_id) as work:
        loaded = held_call(work, actor, ticket_id, fence)
        payload = {"case": loaded.case.id, "ticket": ticket_id, "role": role, "file": file_id, "index": index_id}
        work.jobs.post("store_recording", payload, dedupe=f"recording|{file_id}")
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{loaded.case.id}", step="recording", role=role)
        return loaded.case.number


def add_capture(
    desk: Desk, actor: Actor, ticket_id: str, fence: int, slot: str, data: bytes, mime: str, meta: Mapping[str, Any]
) -> Evidence:
    """Store a still or the head clip of this call; an older one of the same slot counts no more.

    `meta` of a still says when it was taken (ISO 8601, UTC), so that the recording shows the same moment.
    """
    if slot not in TAKEN:
        raise NotFound
    stored = desk.vault.put(actor.firm_id, data)
    with desk.write(actor.firm_id) as work:
        loaded = held_call(work, actor, ticket_id, fence)
        work.cases.replace_evidence(loaded.case.id, slot=slot)
        facts = {**meta, "ticket": ticket_id, "fence": fence}
        item = Evidence(work.new_id(), slot, stored.file_id, stored.sha256, mime, stored.size, work.now, facts)
        work.cases.add_evidence(loaded.case.id, item, actor.id)
        work.audit(actor, Tag.STAFF_CALL_CAPTURE, f"case:{loaded.case.id}", slot=slot, sha256=stored.sha256)
        return item


def still_wishes(ticket: Ticket) -> dict[str, str]:
    """Captures whose high-resolution still the customer's browser has not sent yet: slot -> nonce, oldest first."""
    return dict(ticket.script.get("stills") or {})


def ask_still(desk: Desk, actor: Actor, ticket_id: str, fence: int, slot: str) -> str:
    """Ask the customer's browser for its high-resolution still; returns the nonce that it will answer.

    Before the server takes its own pictures, so that both show the same moment.
    """
    if slot not in CAPTURES:
        raise NotFound
    with desk.write(actor.firm_id) as work:
        ticket, nonce = _held_ticket(work, actor, ticket_id, fence), work.new_id()
        script = {**ticket.script, "stills": {**still_wishes(ticket), slot: nonce}}
        work.queue.save_script(ticket_id, actor.staff_id, fence, script)
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{ticket.case_id}", step="still", slot=slot)
        return nonce


def add_companion(desk: Desk, actor: Actor, ticket_id: str, slot: str, data: bytes) -> None:
    """The customer's browser adds its high-resolution still to a capture of the running call."""
    if slot not in CAPTURES:
        raise NotFound
    picture = desk.images.safe_decode(data, "still.jpg")
    stored = desk.vault.put(actor.firm_id, picture.jpeg)
    with desk.write(actor.firm_id) as work:
        ticket = work.queue.find(ticket_id, lock=True)
        case = work.cases.get(ticket.case_id) if ticket and ticket.state == "in_call" else None
        if ticket is None or case is None or not owns(actor, case):
            raise NotFound
        wishes = {key: nonce for key, nonce in still_wishes(ticket).items() if key != slot}
        script = {**ticket.script, "stills": wishes}
        work.queue.save_script(ticket.id, str(ticket.staff_id), ticket.fence, script)
        name = f"{slot}_still"
        work.cases.replace_evidence(case.id, slot=name)
        meta = {"ticket": ticket_id, "width": picture.width, "height": picture.height, "source": "browser"}
        item = Evidence(work.new_id(), name, stored.file_id, stored.sha256, "image/jpeg", stored.size, work.now, meta)
        work.cases.add_evidence(case.id, item, actor.id)
        work.audit(actor, Tag.STAFF_CALL_CAPTURE, f"case:{case.id}", slot=name, sha256=stored.sha256)


def missing_proofs(loaded: Loaded, ticket: Ticket) -> list[str]:
    """What a pass still needs: captures of this very call, the head clip, required steps and questions."""
    call = (ticket.id, ticket.fence)
    have = {item.slot for item in loaded.facts.evidence if (item.meta.get("ticket"), item.meta.get("fence")) == call}
    taken = [title for slot, title in captures(loaded.facts, loaded.rules).items() if slot not in have]
    marks = script_marks(ticket)
    due = [s for s in script_steps(loaded) if s["evidence"] == "mark" and s["required"]]
    questions = sum(step.get("random_questions", 0) for step in due)
    open_question = ["答对一道随机问题"] if right_answers(ticket) < questions else []
    return taken + [step["title"] for step in due if step["key"] not in marks] + open_question


def script_steps(loaded: Loaded) -> list[Mapping[str, Any]]:
    """The script's steps that apply to this case, in order."""
    steps = sorted(loaded.rules["witness_script"]["steps"], key=lambda step: step["order"])
    spared = TAKEN.keys() - captures(loaded.facts, loaded.rules).keys()
    return [s for s in steps if s["evidence"] not in spared and holds(s["when"], loaded.facts, loaded.rules)]


def pass_witness(desk: Desk, actor: Actor, ticket_id: str, fence: int, note: str = "") -> None:
    """The witness passes: the result attests name, number, photos and business as the witness saw them.

    Raises `WrongState` while something is missing, or when the customer changed any of these during the call.
    """
    with desk.write(actor.firm_id) as work:
        loaded = held_call(work, actor, ticket_id, fence)
        require(loaded.case, Action.WITNESS)
        ticket = work.queue.find(ticket_id)
        missing = missing_proofs(loaded, ticket) if ticket else []
        if missing:
            raise WrongState(Sentence("还缺少：{missing}。", missing=listed(missing)))
        if ticket and ticket.script.get(FACTS) != _facts_mark(work, loaded):
            raise WrongState("客户在通话中修改了资料。请退回队首，重新接通后再核对。")
        member = _member(work, actor)
        body = {"witness": member.id, "name": member.name, "licence": member.licence, "ticket": ticket_id,
                "note": note, "script": script_marks(ticket)}  # fmt: skip
        proof = Proof("witness", "passed", attested(loaded.facts), work.now, body)
        work.cases.add_proof(loaded.case.id, proof, actor.id)
        case = work.cases.change(loaded.case, witness_id=member.id, remark="")
        _finish(work, actor, ticket_id, fence, "passed")
        note_passed(work, case)
        settle(work, case)
        work.audit(actor, Tag.STAFF_CALL_FINISH, f"case:{case.id}", ticket=ticket_id, result="passed")


def reject_witness(
    desk: Desk, actor: Actor, ticket_id: str, fence: int, codes: Sequence[str], customer_text: str, internal: str
) -> None:
    """The witness rejects with coded reasons; the customer's page moves to the first step in question."""
    with desk.write(actor.firm_id) as work:
        loaded = held_call(work, actor, ticket_id, fence)
        _finish(work, actor, ticket_id, fence, "rejected")
        reject(work, actor, loaded, "witness", codes, customer_text, internal)
        work.audit(actor, Tag.STAFF_CALL_FINISH, f"case:{loaded.case.id}", ticket=ticket_id, result="rejected")


def _finish(work: Work, actor: Actor, ticket_id: str, fence: int, result: str) -> None:
    if not work.queue.finish(ticket_id, actor.staff_id, fence, result):
        raise Stale("这次通话已结束或已转给其他同事。")
    after_call(work, actor.staff_id)
