"""A customer whose case moves from step to step, for measuring screens; everything is 样张."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.keys import MasterKeys
from core.usecases.abandon_case import abandon_case
from core.usecases.bank_cards import add_card
from core.usecases.sessions import exchange_ticket, find_session, open_session
from pages.parts import wiring
from tests.builders import CONSENTS, Walk
from tests.desk_bench import Backend, Bench, found, scratch


class Standing:
    """A signed-in customer with a case on the embedded database; each method takes the case one standing further."""

    def __init__(self, keys: MasterKeys | None = None) -> None:
        backend = Backend("sqlite", scratch(), keys or MasterKeys.in_memory())
        found(backend)
        self.bench, self.walk = Bench(backend, light=False), Walk()
        self.walk.start(self.bench)
        self._join_wiring()

    def _join_wiring(self) -> None:
        """The pages use this desk, and look as they do outside the demo (no outbox on screen)."""
        desk, database = self.bench.desk, self.bench.database
        shown = replace(desk.settings, mode="production")
        wiring.desk, wiring.database, wiring.settings = lambda: desk, lambda: database, lambda: shown

    def user(self) -> dict[str, Any]:
        """What Streamlit knows of the visitor from the trusted header."""
        desk, firm = self.bench.desk, self.walk.firm
        with desk.write(firm) as work:
            ticket = open_session(work, "customer", self.walk.owner, self.walk.person.phone)
        session = find_session(desk, "customer", token=exchange_ticket(desk, ticket))
        assert session is not None
        return {"customer": f"{firm}.{session.id}"}

    def device(self) -> None:
        """Nothing was done yet."""

    def photos(self) -> None:
        """Three photos, no consent yet."""
        self.walk.do_device(self.bench)
        for slot in ("id_front", "id_back", "signature"):
            self.walk.add_photo(self.bench, slot)

    def profile(self) -> None:
        """All fields are empty."""
        self.walk.answer(self.bench, "photos", CONSENTS)

    def bank(self) -> None:
        """One card, and the photo of another."""
        self.walk.do_profile(self.bench)
        photo = self.walk.add_photo(self.bench, "bank_card")
        errors = add_card(self.bench.desk, self.walk.actor, self.walk.case_id, self.walk.person.card, "", photo.id)
        assert not errors, errors

    def suitability(self) -> None:
        """All questions are open."""
        self.walk.confirm_bank(self.bench)

    def exchanges(self) -> None:
        """Rated, nothing chosen."""
        self.walk.do_suitability(self.bench)

    def agreements(self) -> None:
        """Nothing is read."""
        self.walk.do_exchanges(self.bench)

    def witness(self) -> None:
        """Everything is read; before the queue."""
        self.walk.do_agreements(self.bench)

    def witness_waiting(self) -> None:
        """In the queue."""
        self.walk.join(self.bench)

    def certificate(self) -> None:
        """Passed by the witness."""
        self.walk.claim(self.bench)
        self.walk.do_witness(self.bench)

    def sign(self) -> None:
        """The device has its certificate."""
        self.walk.do_certificate(self.bench)

    def follow_up(self) -> None:
        """All is signed."""
        self.walk.do_sign(self.bench)

    def profile_read(self) -> None:
        """The account is open; 增开交易编码 stands at the data on file."""
        for place in ("follow_up", "submitted", "in_review", "callback"):
            self.walk.go_on(self.bench, place)
        self._begin("add_code", "profile_read")

    def part(self) -> None:
        """我的基本资料: which part."""
        abandon_case(self.bench.desk, self.walk.actor, self.walk.case_id)
        self._begin("profile", "part")

    def profile_part(self) -> None:
        """The form of the largest part."""
        self.walk.walk_to(self.bench, "profile")

    def certificate_check(self) -> None:
        """Everything is read; the device is about to be asked."""
        self.walk.walk_to(self.bench, "certificate_check")

    def submit(self) -> None:
        """All is signed; the changes are shown once more."""
        self.walk.walk_to(self.bench)

    def _begin(self, business: str, step: str) -> None:
        self.walk = self.walk.again(business)
        self.walk.start(self.bench)
        self.walk.walk_to(self.bench, step)


STANDING: Mapping[str, Callable[[Standing], None]] = {
    "device": Standing.device,
    "photos": Standing.photos,
    "profile": Standing.profile,
    "bank": Standing.bank,
    "suitability": Standing.suitability,
    "exchanges": Standing.exchanges,
    "agreements": Standing.agreements,
    "witness": Standing.witness,
    "witness_waiting": Standing.witness_waiting,
    "certificate": Standing.certificate,
    "sign": Standing.sign,
    "follow_up": Standing.follow_up,
    "profile_read": Standing.profile_read,
    "part": Standing.part,
    "profile_part": Standing.profile_part,
    "certificate_check": Standing.certificate_check,
    "submit": Standing.submit,
}
"""What to measure, in the order of the walk: the screen of the step, and of the witness step also the queue."""
