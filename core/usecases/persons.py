"""A person as the firm knows them: a customer on file, or the owner of first cases; with every name they have had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.actor import Actor
from core.case import Case
from core.errors import NotFound
from core.ports import Work
from core.records import Customer, CustomerFile
from core.steps.photos import ALL_SLOTS
from core.usecases.start_case import customer_id_of


@dataclass(frozen=True)
class Person:
    """`ref` is `customer:<id>`, or `case:<id>` of the newest case of somebody who is not on file yet."""

    ref: str
    customer: Customer | None
    cases: tuple[Case, ...]

    @property
    def subjects(self) -> frozenset[str]:
        """Every name under which the person signs in or signed in: notes, messages and requests stand under them."""
        own = {f"customer:{self.customer.id}"} if self.customer else set()
        return frozenset(own | {case.owner for case in self.cases})

    @property
    def subject(self) -> str:
        """The name under which something new is put on record."""
        return f"customer:{self.customer.id}" if self.customer else self.cases[0].owner


def person_of(work: Work, ref: str) -> Person:
    """The person behind a reference; raises `NotFound`."""
    kind, _, row_id = ref.partition(":")
    if kind == "customer":
        return of_customer(work, work.people.find_customer(customer_id=row_id))
    case = work.cases.find(row_id) if kind == "case" else None
    if case is None:
        raise NotFound("没有找到这位客户。")
    return of_case(work, case)


def of_customer(work: Work, customer: Customer | None) -> Person:
    """The person who is this customer on file; raises `NotFound` for None."""
    if customer is None:
        raise NotFound("没有找到这位客户。")
    cases = work.cases.of_owner(f"customer:{customer.id}", customer.id)
    return Person(f"customer:{customer.id}", customer, tuple(cases))


def of_case(work: Work, case: Case) -> Person:
    """The person behind a case: the customer on file once there is one."""
    if case.customer_id:
        return of_customer(work, work.people.find_customer(customer_id=case.customer_id))
    cases = work.cases.of_owner(case.owner)
    return Person(f"case:{cases[0].id}", None, tuple(cases))


def of_actor(work: Work, actor: Actor) -> Person:
    """The signed-in customer. Somebody who signed in by phone is known by the own cases only, on file or not."""
    customer_id = customer_id_of(actor)
    if customer_id:
        return of_customer(work, work.people.find_customer(customer_id=customer_id))
    cases = [case for case in work.cases.of_owner(actor.id) if case.owner == actor.id]
    return Person(f"case:{cases[0].id}" if cases else "", None, tuple(cases))


def file_of(work: Work, person: Person) -> CustomerFile:
    """客户档案, or what the newest case says of somebody who has none."""
    if person.customer:
        return work.people.customer_file(person.customer.id)
    return _from_cases(work, person.cases)


def _from_cases(work: Work, cases: Sequence[Case]) -> CustomerFile:
    """The newest case in which anything was handed in; before that only the phone number is known."""
    for case in cases:
        facts = work.cases.facts(case)
        profile = dict(facts.values("profile")) or {"phone": facts.values("identity").get("phone", "")}
        photos = tuple(item for slot in (*ALL_SLOTS, "bank_card") for item in facts.slot(slot)[-1:])
        if any(profile.values()) or photos:
            return CustomerFile(profile, facts.values("bank"), facts.values("suitability"), photos)
    return CustomerFile()
