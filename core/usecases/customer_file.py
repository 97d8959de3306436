"""客户档案: a case of an existing customer starts from it, and an approved case becomes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.case import AFTER_APPROVAL, CLOSED_STATES, Case, State
from core.flow import Evidence, Facts
from core.ports import Work
from core.records import Customer, CustomerFile
from core.rules.age import judge_age
from core.rules.calendar import local_day
from core.rules.id_card import IdNumber, check_id_number
from core.steps.bank import cards
from core.steps.photos import SLOTS
from core.usecases.loading import Loaded, rules_for

COMPARED = ("profile", "bank", "suitability")
"""Parts whose state at the start of a case is kept beside it, so that the reviewer sees what was changed."""
_CARD = "bank_card"
_OWN_MARKS = {"part", "usage"}
"""Marks in answers that belong to the case and not to the file."""


@dataclass(frozen=True)
class Rated:
    """One suitability rating of a customer: when, in which case, and the stored values."""

    at: datetime
    case: Case
    values: Mapping[str, Any]


def begin_from_file(work: Work, case: Case, customer: Customer, takes: Sequence[str]) -> Case:
    """Copy the parts a business takes into its new case; pictures get rows of their own over the same stored files."""
    file = work.people.customer_file(customer.id)
    ids = _copy_photos(work, case, file, takes)
    stated: dict[str, Mapping[str, Any]] = {
        "profile": {**file.profile, "phone": customer.phone} if file.profile else {},
        "bank": {"cards": [_moved(card, ids) for card in cards(file.bank)]} if file.bank else {},
        "suitability": file.suitability,
    }
    for part in COMPARED:
        if part in takes and stated[part]:
            work.cases.save_answer(case.id, part, stated[part])
    known_before = {"account": customer.capital_account, "id_valid_to": customer.id_valid_to}
    work.cases.save_answer(case.id, "on_file", {**stated, **known_before})
    clear = {key: file.profile.get(key) for key in ("province", "age_band")}
    clear |= {key: file.suitability.get(key) for key in ("level", "lowest")}
    known = {key: value for key, value in clear.items() if value is not None}
    flags = _flags(work, file, customer) if "profile" in takes else ()
    return work.cases.change(case, clear={**case.clear, **known}, flags=flags, id_number=customer.id_number)


def _flags(work: Work, file: CustomerFile, customer: Customer) -> tuple[str, ...]:
    """What the reviewer has to know of data that are only taken over; the age is today's."""
    person, rules = check_id_number(customer.id_number), rules_for(work)
    old = (
        isinstance(person, IdNumber) and judge_age(person.age_on(local_day(work.now)), rules["age_rules"]).extra_review
    )
    hits = {"age": old, "dishonesty": file.profile.get("dishonesty", ["none"]) != ["none"],
            "pep": file.profile.get("pep", "none") != "none"}  # fmt: skip
    return tuple(sorted(name for name, hit in hits.items() if hit))


def _copy_photos(work: Work, case: Case, file: CustomerFile, takes: Sequence[str]) -> dict[str, str]:
    """Old id -> new id of each picture that was copied."""
    ids = {}
    for item in file.photos:
        wanted = "bank" in takes if item.slot == _CARD else "photos" in takes
        if wanted:
            ids[item.id] = work.new_id()
            copy = replace(item, id=ids[item.id], created_at=work.now, meta={**item.meta, "from_file": True})
            work.cases.add_evidence(case.id, copy, "system")
    return ids


def _moved(card: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """A card that names its picture by the id which that has in the new case."""
    return {**card, "photo": ids.get(str(card.get("photo")), "")}


def keep_in_file(work: Work, loaded: Loaded, customer: Customer) -> Customer:
    """What the case handed in becomes the customer's file; parts it does not have stay as they were."""
    facts, old = loaded.facts, work.people.customer_file(customer.id)
    phone = phone_in(facts, customer)
    file = CustomerFile(
        profile={**(_stated(facts, "profile") or old.profile), "phone": phone},
        bank=_stated(facts, "bank") or old.bank,
        suitability=_rated(facts) or old.suitability,
        photos=_newest(facts, old),
    )
    work.people.keep_file(customer.id, file)
    changed = replace(
        customer,
        name=str(file.profile.get("name") or customer.name),
        phone=phone,
        id_valid_to=str(file.profile.get("valid_to") or customer.id_valid_to),
        level=str(file.suitability.get("level") or customer.level),
    )
    work.people.change_customer(changed)
    return changed


def phone_in(facts: Facts, customer: Customer) -> str:
    """The customer's number as this case leaves it: one that was changed in it counts, else the one on file now.

    The number on file may be younger than the case: it is changed at the counter, too. After the approval it alone
    counts, because the case has left its number there.
    """
    if facts.case.state in AFTER_APPROVAL:
        return customer.phone
    began = facts.values("identity").get("phone")
    stated = facts.values("profile").get("phone")
    return str(stated) if stated and stated != began else customer.phone


def _stated(facts: Facts, part: str) -> dict[str, Any]:
    return {key: value for key, value in facts.values(part).items() if key not in _OWN_MARKS}


def _rated(facts: Facts) -> dict[str, Any]:
    """The rating with the time it was given; one that was only copied keeps its time."""
    answer = facts.answers.get("suitability")
    if answer is None:
        return {}
    return {"rated_at": answer.saved_at.isoformat(), **answer.values}


def _newest(facts: Facts, old: CustomerFile) -> tuple[Evidence, ...]:
    """The last picture of each single slot and those of the stored cards; what the case lacks stays."""
    named = {str(card.get("photo")) for card in cards(facts.values("bank"))}
    found = [facts.slot(slot)[-1] for slot in SLOTS if facts.slot(slot)]
    found += [item for item in facts.slot(_CARD) if item.id in named]
    has = {item.slot for item in found} | ({_CARD} if "bank" in facts.answers else set())
    return (*(item for item in old.photos if item.slot not in has), *found)


def ratings(work: Work, customer_id: str) -> list[Rated]:
    """The suitability ratings of a customer that took effect, newest first (R003)."""
    found = []
    for case in work.cases.of_owner(f"customer:{customer_id}", customer_id):
        if case.state in CLOSED_STATES - {State.ABANDONED, State.EXPIRED, State.TERMINATED} or case.state in {
            State.CALLBACK, State.APPROVED
        }:  # fmt: skip
            answer = work.cases.answers(case.id).get("suitability")
            if answer and "rated_at" not in answer.values:
                found.append(Rated(answer.saved_at, case, answer.values))
    return found
