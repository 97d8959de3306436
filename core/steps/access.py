"""Conditions of access as a case stands: what was claimed and uploaded, and what staff decided on it.

A result of the online test and a decision of staff outlive a rejection of this step: it asks for another choice or
another proof, and what was decided on unchanged proof need not be decided again. A changed proof has no decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import limits
from core.flow import Evidence, Facts, Proof, Rules, fingerprint
from core.rules import access, exchanges
from core.rules.access import Choice, Exemption, Requirement
from core.rules.knowledge_test import KnowledgeRules, holds_until
from core.sentence import Sentence

SLOTS: Mapping[str, str] = {"funds": "proof_funds", "experience": "proof_experience", "knowledge": "score_report"}
"""Kind of requirement -> where its proof is uploaded."""
SLOT_TITLES: Mapping[str, str] = {"proof_funds": "资金证明", "proof_experience": "交易经历证明"}
PROOF, TEST = "access", "knowledge_test"
"""Kinds of proofs: a decision of staff, a result of the online test."""


@dataclass(frozen=True)
class Standing:
    """A requirement with what speaks for it. `mark` attests all of it, so that a decision covers nothing else."""

    requirement: Requirement
    claim: Exemption | None
    pictures: tuple[Evidence, ...]
    test: Proof | None
    mark: str
    decision: Proof | None

    @property
    def decided(self) -> str:
        """One of `core.rules.access.DECISIONS`, empty before staff decided."""
        return str(self.decision.body["decision"]) if self.decision else ""

    @property
    def exempt_shown(self) -> bool:
        """Whether an exemption is claimed and shown, by data on file or by at least one picture."""
        return self.claim is not None and (self.claim.on_file or bool(self.pictures))


def offered_test(rules: Rules) -> Mapping[str, Any] | None:
    """The firm's online test; None when it is off, or when the case began before there was one (C22)."""
    body: Mapping[str, Any] | None = rules[TEST] if TEST in rules.versions else None
    return body if body and body["enabled"] else None


def person(facts: Facts) -> str:
    """Fingerprint of who takes the test."""
    return fingerprint(TEST, facts.values("profile").get("id_number"))


def passed_test(facts: Facts, rules: Rules, today: date) -> Proof | None:
    """The newest passed test of the person on file that still holds on that day."""
    body, found = offered_test(rules), _newest(facts, TEST, "passed", person(facts))
    if body is None or found is None:
        return None
    return found if today <= holds_until(found.created_at, KnowledgeRules.of(body)) else None


def _newest(facts: Facts, kind: str, subject: str, mark: str) -> Proof | None:
    wanted = (kind, subject, mark)
    return next((p for p in reversed(facts.proofs) if (p.kind, p.subject, p.fingerprint) == wanted), None)


def standings(
    facts: Facts, rules: Rules, choice: Choice, claims: Mapping[str, str], today: date
) -> tuple[Standing, ...]:
    """Every requirement of a choice; `claims` maps requirements to exemptions. None for older versions of firm data."""
    body = rules["access_rules"] if "access_rules" in rules.versions else None
    due = access.requirements(body, choice, rules["exchanges"], today) if body else ()
    return tuple(_standing(each, facts, rules, claims, today) for each in due)


def _standing(due: Requirement, facts: Facts, rules: Rules, claims: Mapping[str, str], today: date) -> Standing:
    claimed = claims.get(due.key) if due.uploads else None
    claim = next((e for e in due.exemptions if e.key == claimed), None)
    pictures = facts.slot(SLOTS[due.kind])
    test = passed_test(facts, rules, today) if due.kind == "knowledge" else None
    mark = fingerprint(
        PROOF,
        (due.key, due.valid_from, due.text),
        person(facts),
        sorted(picture.sha256 for picture in pictures),
        test.body["test"] if test else None,
        (claim.key, claim.on_file) if claim else None,
    )
    return Standing(due, claim, pictures, test, mark, _newest(facts, PROOF, due.key, mark))


def problem(found: Sequence[Standing], facts: Facts, choice: Choice, rules: Rules) -> tuple[str, str] | None:
    """(field, sentence) of the first thing that keeps this choice from being saved."""
    return _refused(found, choice, rules) or _knowledge(found, facts, choice, rules) or _uploads(found)


def _refused(found: Iterable[Standing], choice: Choice, rules: Rules) -> tuple[str, str] | None:
    """What staff found not to be met cannot be chosen again on the same proof."""
    for each in found:
        if each.decided == "not_met":
            due, table = each.requirement, rules["exchanges"]
            codes = [code for code in choice.chosen if due.group in exchanges.groups_of([code], table)]
            way = "更换证明材料，或先取消选择" if due.uploads else "先取消选择"
            kind = access.KINDS[due.kind]
            return "chosen", Sentence(
                "{exchanges}的{kind}条件没有达到，请{way}；达到后可以再增开。",
                exchanges=exchanges.names_of(codes, table),
                kind=kind,
                way=way,
            )
    return None


def reports_due(choice: Choice, table: Mapping[str, Any]) -> bool:
    """Whether 成绩报告单 or the test are due: a first 金融 or 原油 of an ordinary investor (R118, R120)."""
    if choice.investor_class == "professional":
        return False
    return exchanges.needs_score_reports(choice.chosen, choice.opened, table)


def _knowledge(found: Sequence[Standing], facts: Facts, choice: Choice, rules: Rules) -> tuple[str, str] | None:
    """Two to ten score reports, or a passed test that holds, or an exemption for each group (R118, R119)."""
    table, tested = rules["exchanges"], [s for s in found if s.requirement.kind == "knowledge"]
    if not reports_due(choice, table):
        return None
    if tested and all(each.test or each.exempt_shown for each in tested):
        return None
    if any(each.claim and not each.exempt_shown for each in tested):
        return "score_report", "请在这里上传能证明豁免条件的材料，或选择不申请豁免。"
    missing = exchanges.score_report_problem(len(facts.slot("score_report")), table)
    return ("score_report", missing.text) if missing else None


def _uploads(found: Iterable[Standing]) -> tuple[str, str] | None:
    """One to five pictures, or an exemption that is shown, wherever the customer has to bring the proof."""
    for each in found:
        due, slot = each.requirement, SLOTS[each.requirement.kind]
        if due.kind == "knowledge" or not due.uploads or each.exempt_shown:
            continue
        if len(each.pictures) < limits.PROOFS_MIN:
            wanted = "能证明豁免条件的材料" if each.claim else SLOT_TITLES[slot]
            return slot, Sentence(
                "请上传{wanted}，{proofs_min} 至 {proofs_max} 张。",
                wanted=wanted,
                proofs_min=limits.PROOFS_MIN,
                proofs_max=limits.PROOFS_MAX,
            )
    return None
