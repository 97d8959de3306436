"""A running server's database and evidence taken from outside, so that a browser test can begin at any step."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core.actor import Actor, Role
from core.case import OPEN_STATES
from core.keys import MasterKeys
from db.database import Database
from pages.parts.wiring import utc_now
from tests import walk as use_cases
from tests.desk_bench import Backend, Bench, make_desk
from tests.e2e.walk import Person
from tests.stand_ins import Clock, SmsRecorder

FIRM = "yuanshan"
AGO = timedelta(minutes=20)
"""The use cases' clock starts this long ago, so that reading every agreement ends before the call begins."""
UNTIL = ("device", "photos", "profile", "bank", "suitability", "exchanges", "agreements", "witness", "in_call",
         "certificate", "sign", "prepared", "follow_up")  # fmt: skip


class Outside(Bench):
    """The use cases on the data of a running server."""

    def __init__(self, data: Path, url: str | None = None) -> None:
        backend = Backend("sqlite", data, MasterKeys.load(data / "keys.json", None))
        self.backend, self.light, self.name, self.lineage = backend, False, "outside", None
        self.clock, self.sms = Clock(utc_now() - AGO), SmsRecorder()
        self._database = Database(url or f"sqlite:///{data / 'jianzheng.db'}", backend.keys, self.clock)
        self._desk = make_desk(self._database, backend, data / "evidence", self.clock, self.sms, light=False)

    def staff(self, login: str, *roles: Role, firm: str = FIRM) -> Actor:
        """A member of the demo's staff."""
        with self.inner_desk().read(firm) as work:
            member = work.people.find_staff(login=login)
        assert member is not None
        return Actor(firm, f"staff:{member.id}", frozenset(roles or member.roles))

    def run_inner_jobs(self, firm: str) -> int:
        """The server's own worker runs them."""
        raise NotImplementedError(firm)

    def close(self) -> None:
        """Leave the server alone with its data."""
        self.database.close()


def carry_on(outside: Outside, person: Person, step: str) -> use_cases.Walk:
    """Take the case that this person began in the browser up to `step`; `submitted` goes to the end."""
    with outside.inner_desk().read(FIRM) as work:
        case = work.cases.in_states(list(OPEN_STATES))[-1]
    who = use_cases.Person(person.name, person.phone, person.id_number, person.card)
    found = use_cases.Walk(who, firm=FIRM, owner=case.owner, case_id=case.id, chosen=("SHFE", "DCE", "CZCE", "GFEX"))
    for place in UNTIL[: UNTIL.index(step)] if step in UNTIL else UNTIL:
        if place == "witness":
            outside.clock.now = utc_now()  # the server's sweeper would end a call of long ago
        found.go_on(outside, place)
    return found
