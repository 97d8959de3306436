"""Staff look a customer up: exact search with masked results; each opening and each reveal is on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.actor import Actor
from core.audit import Tag
from core.errors import NotAllowed
from core.flow import Rules
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Certificate, CustomerFile, Reservation, SmsMessage
from core.records_customers import CustomerNote, DataRequest, Proposal
from core.rules.id_card import IdNumber, check_id_number
from core.rules.masks import mask_id, mask_name, mask_phone
from core.rules.phone import check_mobile
from core.rules.text import digits_only, narrow
from core.sentence import Sentence
from core.usecases.loading import rules_for
from core.usecases.persons import Person, file_of, of_case, of_customer, person_of

REVEALABLE: Mapping[str, str] = {
    "name": "姓名",
    "id_number": "身份证号",
    "phone": "手机号码",
    "address": "地址",
    "cards": "卡号",
}
"""Single values that can be shown in full, each with a row in the audit."""
CASE_DIGITS, ACCOUNT_DIGITS = 16, 8
MOST_NOTE = 500


@dataclass(frozen=True)
class Hit:
    """One result, masked; `ref` opens it."""

    ref: str
    name: str
    id_number: str
    phone: str
    account: str


@dataclass(frozen=True)
class CustomerView:
    """Everything staff see of one person. `names` gives the names of staff by actor (`staff:<id>`)."""

    person: Person
    file: CustomerFile
    reservations: tuple[Reservation, ...]
    certificates: tuple[Certificate, ...]
    messages: tuple[SmsMessage, ...]
    notes: tuple[CustomerNote, ...]
    proposals: tuple[Proposal, ...]
    requests: tuple[DataRequest, ...]
    names: Mapping[str, str]
    rules: Rules
    now: datetime


def find_customers(desk: Desk, actor: Actor, words: str) -> list[Hit]:
    """Who has exactly this ID number, phone, capital account, case number or name; masked, so no reading."""
    text = narrow(words)
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_READ)
        found = {person.ref: person for person in _search(work, text)} if text else {}
        return [_hit(work, person) for person in found.values()]


def _search(work: Work, text: str) -> Iterable[Person]:
    digits, number, person = digits_only(text), check_mobile(text, allow_test_numbers=True), check_id_number(text)
    if len(digits) == CASE_DIGITS and digits.isdigit():
        case = work.cases.find_number(digits)
        return [of_case(work, case)] if case else []
    if isinstance(person, IdNumber):
        known = [of_customer(work, each) for each in work.people.customers_with("id_number", person.number)]
        return [*known, *(of_case(work, case) for case in work.cases.with_id(person.number))]
    if isinstance(number, str):
        known = [of_customer(work, each) for each in work.people.customers_with("phone", number)]
        drafts = work.cases.of_owner(f"phone:{work.keys.index('phone', number).hex()}")
        return [*known, *(of_case(work, case) for case in drafts)]
    field = "capital_account" if len(digits) == ACCOUNT_DIGITS and digits.isdigit() else "name"
    return [of_customer(work, each) for each in work.people.customers_with(field, text)]


def _hit(work: Work, person: Person) -> Hit:
    name, id_number, phone = identity(person, file_of(work, person))
    account = person.customer.capital_account if person.customer else None
    return Hit(person.ref, mask_name(name), mask_id(id_number), mask_phone(phone), account or "")


def identity(person: Person, file: CustomerFile) -> tuple[str, str, str]:
    """Name, ID number and phone: as they are on file, else as the person filled them in so far."""
    known = person.customer
    if known:
        return known.name, known.id_number, known.phone
    name, number, phone = (str(file.profile.get(key) or "") for key in ("name", "id_number", "phone"))
    return name, number, phone


def open_customer(desk: Desk, actor: Actor, ref: str) -> CustomerView:
    """Everything about a person; the reading is on record before anything is read. Raises `NotFound`."""
    _record(desk, actor, ref, "customer")
    with desk.read(actor.firm_id) as work:
        return _view(work, person_of(work, ref))


def reveal_value(desk: Desk, actor: Actor, ref: str, what: str) -> None:
    """Put on record that somebody looks at one value in full (one of `REVEALABLE`)."""
    if what not in REVEALABLE:
        raise NotAllowed
    _record(desk, actor, ref, f"customer:{what}")


def _record(desk: Desk, actor: Actor, ref: str, shown: str) -> None:
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_READ)
        work.personal_read(actor, person_of(work, ref).ref, shown)


def _view(work: Work, person: Person) -> CustomerView:
    subjects = person.subjects
    customer_id = person.customer.id if person.customer else None
    return CustomerView(
        person=person,
        file=file_of(work, person),
        reservations=tuple(r for case in person.cases for r in work.reservations.of_case(case.id)),
        certificates=tuple(work.documents.certificates_of(person.subject, customer_id)),
        messages=tuple(work.jobs.sms_of(subjects)),
        notes=tuple(work.matters.notes_of(subjects)),
        proposals=tuple(work.matters.proposals_of(customer_id)) if customer_id else (),
        requests=tuple(work.matters.requests_of(subjects)),
        names={f"staff:{member.id}": member.name for member in work.people.all_staff()},
        rules=rules_for(work),
        now=work.now,
    )


def add_note(desk: Desk, actor: Actor, ref: str, text: str) -> dict[str, str]:
    """Keep a note that only staff read; returns errors by field. Notes are never changed."""
    words = text.strip()
    if not 0 < len(words) <= MOST_NOTE:
        return {"note": Sentence("请填写备注，最多 {most_note} 字。", most_note=MOST_NOTE)}
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_READ)
        person = person_of(work, ref)
        note = CustomerNote(work.new_id(), person.subject, words, actor.id, work.now)
        work.matters.add_note(note)
        work.audit(actor, Tag.STAFF_CUSTOMER_NOTE, person.ref, note=note.id)
    return {}
