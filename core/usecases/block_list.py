"""拦截名单: with an ID number or phone on it nothing is begun online. Two persons put it there; the customer is told a
neutral sentence, staff the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.actor import Actor, system
from core.audit import Tag
from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records_watch import BLOCKED_BY, Block
from core.rules.id_card import IdNumber, check_id_number
from core.rules.masks import mask_id, mask_phone
from core.rules.phone import check_mobile
from core.sentence import Sentence
from core.usecases.loading import Loaded
from core.usecases.shared_marks import values_of

NEUTRAL = "这项业务暂时不能在线办理。请携带身份证到营业部办理，或拨打客服热线。"
"""All that a blocked customer is told, at whatever step."""
MOST_REASON = 500
LIVE = ("waiting", "active")


@dataclass(frozen=True)
class Listed:
    """An entry as it is listed: the value masked, how often it stopped somebody."""

    block: Block
    value: str
    hits: int
    proposed_by: str
    decided_by: str


def block_list(desk: Desk, actor: Actor) -> list[Listed]:
    """Every entry with its reason, newest first; reading it is on record."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.BLOCK_MANAGE)
        work.personal_read(actor, "blocks", "blocks")
        names = {f"staff:{member.id}": member.name for member in work.people.all_staff()}
        return [_listed(work, block, names) for block in work.watch.blocks()]


def _listed(work: Work, block: Block, names: Mapping[str, str]) -> Listed:
    mask = mask_id if block.kind == "id_number" else mask_phone
    hits = sum(entry.tag == Tag.SYSTEM_BLOCK_HIT for entry in work.casework.audit_of(f"block:{block.id}"))
    by, decided = names.get(block.proposed_by, ""), names.get(block.decided_by or "", "")
    return Listed(block, mask(block.body["value"]), hits, by, decided)


def propose_block(desk: Desk, actor: Actor, kind: str, value: str, reason: str) -> dict[str, str]:
    """Propose an entry; returns errors by field (`value`, `reason`). Raises `WrongState` when it is there already."""
    clean = _clean(kind, value, test_numbers=desk.settings.demo)
    errors: dict[str, str] = (
        {} if clean else {"value": Sentence("请填写正确的{get}。", get=BLOCKED_BY.get(kind, "内容"))}
    )
    words = reason.strip()
    if not 0 < len(words) <= MOST_REASON:
        errors["reason"] = Sentence("请写明原因，最多 {MOST_REASON} 字。", MOST_REASON=MOST_REASON)
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.BLOCK_MANAGE)
        if errors:
            return errors
        live = [each.body["value"] for each in work.watch.blocks() if each.kind == kind and each.state in LIVE]
        if clean in live:
            raise WrongState("这个号码已在名单中，或正等待另一位同事确认。")
        block = Block(work.new_id(), kind, "waiting", {"value": clean, "reason": words}, actor.id, work.now)
        work.watch.add_block(block)
        work.audit(actor, Tag.STAFF_BLOCK_PROPOSE, f"block:{block.id}", kind=kind)
    return {}


def _clean(kind: str, value: str, *, test_numbers: bool) -> str:
    """The value in the spelling of its index, empty when it is none."""
    if kind == "id_number":
        person = check_id_number(value)
        return person.number if isinstance(person, IdNumber) else ""
    number = check_mobile(value, allow_test_numbers=test_numbers) if kind == "phone" else ""
    return number if isinstance(number, str) else ""


def decide_block(desk: Desk, actor: Actor, block_id: str, *, agreed: bool) -> None:
    """A second person lets it take effect or not. Raises `NotAllowed` for the proposer, `Stale` when it was decided."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.BLOCK_MANAGE)
        block = _get(work, block_id)
        if block.proposed_by == actor.id:
            raise NotAllowed("提出和确认必须是两个人，请由另一位同事确认。")
        state = "active" if agreed else "refused"
        if not work.watch.set_block(block, "waiting", state=state, decided_by=actor.id, decided_at=work.now):
            raise Stale
        work.audit(actor, Tag.STAFF_BLOCK_DECIDE, f"block:{block_id}", state=state)


def lift_block(desk: Desk, actor: Actor, block_id: str, reason: str) -> dict[str, str]:
    """Take an entry off the list, with a reason; returns errors by field. Raises `Stale` for one not in force."""
    words = reason.strip()
    errors: dict[str, str] = (
        {}
        if 0 < len(words) <= MOST_REASON
        else {"lift": Sentence("请写明原因，最多 {MOST_REASON} 字。", MOST_REASON=MOST_REASON)}
    )
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.BLOCK_MANAGE)
        block = _get(work, block_id)
        if errors:
            return errors
        if not work.watch.set_block(block, "active", state="lifted", body={**block.body, "lifted": words}):
            raise Stale
        work.audit(actor, Tag.STAFF_BLOCK_LIFT, f"block:{block_id}")
    return {}


def _get(work: Work, block_id: str) -> Block:
    block = work.watch.find_block(block_id)
    if block is None:
        raise NotFound
    return block


def stopped(work: Work, values: Mapping[str, str], at: str) -> bool:
    """Whether any of these values is blocked; the hit is kept for staff, who read why."""
    block = work.watch.blocked(values)
    if block:
        work.audit(system(work.firm_id), Tag.SYSTEM_BLOCK_HIT, f"block:{block.id}", at=at)
    return block is not None


def require_not_blocked(work: Work, loaded: Loaded) -> None:
    """Raise `WrongState` with the reason for the reviewer."""
    values = {kind: value for kind, value in values_of(loaded) if kind in BLOCKED_BY}
    block = work.watch.blocked(values)
    if block:
        raise WrongState(
            Sentence(
                "{BLOCKED_BY}在拦截名单中：{reason}。请驳回这笔业务。",
                BLOCKED_BY=BLOCKED_BY[block.kind],
                reason=block.body["reason"],
            )
        )
