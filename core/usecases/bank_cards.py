"""Add and delete bank cards of a case (R080-R084)."""

from __future__ import annotations

from core.actor import Actor
from core.case import Action
from core.ports import Desk
from core.sentence import Sentence
from core.steps.bank import MOST_CARDS, cards, check_card
from core.usecases.answer_step import load_own, save
from core.usecases.loading import settle


def add_card(
    desk: Desk, actor: Actor, case_id: str, number: str, bank: str, photo_id: str, branch: str = ""
) -> dict[str, str]:
    """Store a card with the photo that shows it; returns errors by field (number, bank, branch, photo)."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, "bank")
        errors, card = check_card(number, bank, loaded.rules, demo=desk.settings.demo, branch=branch)
        if photo_id not in {item.id for item in loaded.facts.slot("bank_card")}:
            errors["photo"] = "请先上传银行卡照片。"
        kept = cards(loaded.facts.values("bank"))
        if card and card["number"] in {old["number"] for old in kept}:
            errors["number"] = "这张卡已经添加过了。"
        if len(kept) >= MOST_CARDS:
            errors["number"] = Sentence("最多添加 {most_cards} 张银行卡。", most_cards=MOST_CARDS)
        if not errors:
            values = {"cards": [*kept, {**card, "photo": photo_id}], "usage": False}
            settle(work, save(work, actor, loaded, "bank", values))
        return errors


def remove_card(desk: Desk, actor: Actor, case_id: str, photo_id: str) -> None:
    """Delete a card and its photo; repeating it does nothing."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, "bank")
        kept = cards(loaded.facts.values("bank"))
        left = [card for card in kept if card.get("photo") != photo_id]
        if len(left) == len(kept):
            return
        work.cases.replace_evidence(case_id, evidence_id=photo_id)
        settle(work, save(work, actor, loaded, "bank", {"cards": left, "usage": False}))
