"""A case of an old customer is looked at by two reviewers (core/rules/age.py: `extra_review`, from 70 on)."""

from __future__ import annotations

from core.flow import Proof
from core.steps.witness import attested
from core.usecases.loading import Loaded

KIND = "first_review"
"""Proof that a reviewer agreed: subject says who, fingerprint what was looked at (person, photos, business)."""


def first_reviewer(loaded: Loaded) -> str:
    """Id of the member of staff who agreed to the case as it was handed in last; empty when nobody has."""
    handed_in, mark = loaded.case.submitted_at, attested(loaded.facts)
    for proof in reversed(loaded.facts.proofs):
        if proof.kind == KIND and proof.fingerprint == mark and handed_in and proof.created_at >= handed_in:
            return proof.subject
    return ""


def agreed_by(loaded: Loaded, staff_id: str) -> Proof:
    """What is stored when this reviewer agrees."""
    return Proof(KIND, staff_id, attested(loaded.facts), loaded.now)


def needs_two(loaded: Loaded) -> bool:
    """Whether the customer's age asks for a second reviewer."""
    return "age" in loaded.case.flags


def is_first(loaded: Loaded) -> bool:
    """Whether nobody has agreed yet to a case that two have to agree to."""
    return needs_two(loaded) and not first_reviewer(loaded)
