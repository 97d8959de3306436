"""A customer's way through opening an account, step by step, each through its use cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.actor import Actor
from core.agreements import agreements_for
from core.case import Case
from core.flow import Evidence, Facts
from core.records import Document, Ticket
from core.steps.bank import cards
from core.steps.exchanges import access_of, pending_notices
from core.steps.follow_up import questions
from core.steps.witness import CAPTURES, HEAD_CLIP
from core.usecases.access_decisions import decide_access
from core.usecases.acknowledge_notice import acknowledge_notice
from core.usecases.answer_step import answer_step
from core.usecases.bank_cards import add_card
from core.usecases.call_script import draw_question, mark_answer
from core.usecases.callback_plan import call_plan
from core.usecases.case_tasks import settle_task
from core.usecases.certificates import begin_certificate, confirm_install, issue_certificate, unlock_certificate
from core.usecases.complete_case import record_callback
from core.usecases.find_certificate import begin_detection, find_certificate
from core.usecases.loading import Loaded, load
from core.usecases.photos import add_photo
from core.usecases.read_agreement import finish_agreement, open_agreement
from core.usecases.review_case import approve_case, take_case
from core.usecases.serve_customer import add_capture, claim_next, mark_script, pass_witness, script_steps
from core.usecases.sessions import exchange_ticket, find_session
from core.usecases.sign_agreements import finish_signing, prepare_signing
from core.usecases.sign_in_customer import new_captcha, request_code, sign_in_customer
from core.usecases.start_case import start_case
from core.usecases.submit_case import submit_case, submit_follow_up
from core.usecases.wait_for_witness import join_queue
from tests import samples
from tests.desk_bench import Bench, id_number
from tests.device import Device
from tests.forms import CONSENTS, DEVICE_READY, PROFILE, answers_for, sample
from tests.stand_ins import tiny_picture


@dataclass(frozen=True)
class Person:
    """An invented customer."""

    name: str
    phone: str
    id_number: str
    card: str


ZHANG = Person("张三", "11150813001", id_number(1), samples.sample_card(1))
LI = Person("李四", "11150813002", id_number(3), samples.sample_card(2))


@dataclass
class Walk:
    """One customer's way through a business. Each method is a step done through its use cases."""

    person: Person = ZHANG
    firm: str = "f1"
    branch: str = "b1"
    profile: dict[str, Any] = field(default_factory=dict)
    level: str = "C4"
    chosen: tuple[str, ...] = ("DCE", "SHFE")
    follow_up: dict[str, str] = field(default_factory=dict)
    witness: str = "witness"
    reviewer: str = "review"
    owner: str = ""
    case_id: str = ""
    ticket: str = ""
    fence: int = 0
    device: Device = field(default_factory=Device)
    account: str = ""
    business: str = "open_account"
    part: str = "other"

    def again(self, business: str, **changes: Any) -> Walk:
        """The same customer with the same device on the way through another business."""
        return replace(self, business=business, owner="", case_id="", ticket="", fence=0, **changes)

    @property
    def actor(self) -> Actor:
        """The signed-in customer."""
        return Actor(self.firm, self.owner)

    # -- reading
    def loaded(self, bench: Bench) -> Loaded:
        """The case with facts and rules."""
        with bench.inner_desk().read(self.firm) as work:
            return load(work, self.case_id)

    def case(self, bench: Bench) -> Case:
        return self.loaded(bench).case

    def facts(self, bench: Bench) -> Facts:
        return self.loaded(bench).facts

    def step(self, bench: Bench) -> str:
        """Key of the current step, `submit` when nothing is left."""
        current = self.loaded(bench).current
        return current.key if current else "submit"

    def documents(self, bench: Bench, *states: str) -> list[Document]:
        with bench.inner_desk().read(self.firm) as work:
            return work.documents.of_case(self.case_id, *states)

    # -- signing in and the first steps
    def sign_in(self, bench: Bench) -> None:
        """Captcha, code by SMS, ticket, session."""
        self.owner = sign_in(bench, self.firm, phone=self.person.phone)

    def start(self, bench: Bench) -> None:
        """Sign in and begin; a customer on file signs in by ID number."""
        if self.account:
            bench.pass_time(seconds=60)
            self.owner = sign_in(bench, self.firm, id_number=self.person.id_number)
        else:
            self.sign_in(bench)
        desk = bench.inner_desk()
        self.case_id = start_case(desk, self.actor, self.business, self.branch, self.person.phone).id

    def walk_to(self, bench: Bench, place: str = "submit") -> None:
        """Do step after step until the case stands at `place`."""
        for _ in range(20):
            step = self.step(bench)
            if step == place:
                return
            getattr(self, {"witness": "be_witnessed"}.get(step, f"do_{step}"))(bench)
            bench.pass_time(seconds=30)
        raise AssertionError(f"{self.business} does not come to {place}, it stands at {self.step(bench)}")

    def answer(self, bench: Bench, step: str, values: Mapping[str, Any], version: int | None = None) -> dict[str, str]:
        """Save a step; the errors by field."""
        return dict(answer_step(bench.inner_desk(), self.actor, self.case_id, step, values, version).errors)

    def do_device(self, bench: Bench) -> None:
        assert not self.answer(bench, "device", DEVICE_READY)

    def add_photo(self, bench: Bench, slot: str, name: str = "") -> Evidence:
        """Upload a picture; light benches take a tiny one of its own for each name."""
        data = tiny_picture(f"{self.person.name}{slot}{name}") if bench.light else sample(slot, len(name) + 1)
        return add_photo(bench.inner_desk(), self.actor, self.case_id, slot, data, f"{slot}.jpg")

    def do_photos(self, bench: Bench) -> None:
        for slot in ("id_front", "id_back", "signature"):
            self.add_photo(bench, slot)
        assert not self.answer(bench, "photos", CONSENTS)

    def profile_values(self, **changes: Any) -> dict[str, Any]:
        """The whole form as this customer fills it."""
        who = {"name": self.person.name, "id_number": self.person.id_number, "phone": self.person.phone}
        return {**PROFILE, **who, **self.profile, **changes}

    def do_profile(self, bench: Bench) -> None:
        if self.business == "open_account":
            assert not self.answer(bench, "profile", self.profile_values())
        else:
            assert not self.answer(bench, "profile", {**self.facts(bench).values("profile"), **self.profile})

    def do_profile_read(self, bench: Bench) -> None:
        assert not self.answer(bench, "profile_read", {"confirmed": True})

    def do_part(self, bench: Bench) -> None:
        assert not self.answer(bench, "part", {"part": self.part})

    def do_bank(self, bench: Bench) -> None:
        if cards(self.facts(bench).values("bank")):
            assert not self.confirm_bank(bench)
            return
        photo = self.add_photo(bench, "bank_card")
        assert not add_card(bench.inner_desk(), self.actor, self.case_id, self.person.card, "", photo.id)
        assert not self.confirm_bank(bench)

    def confirm_bank(self, bench: Bench) -> dict[str, str]:
        """Confirm the usage notice for the stored cards."""
        kept = cards(self.facts(bench).values("bank"))
        return self.answer(bench, "bank", {"cards": kept, "usage": True})

    def do_suitability(self, bench: Bench) -> None:
        given = answers_for(self.loaded(bench).rules["questionnaire"], self.level)
        assert not self.answer(bench, "suitability", {"answers": given})

    def insist(self, bench: Bench) -> None:
        """Press 坚持 (or 我知道了) on every notice that waits."""
        loaded = self.loaded(bench)
        waiting = pending_notices(loaded.facts, loaded.rules, "entry")
        waiting += pending_notices(loaded.facts, loaded.rules, "next", self.chosen)
        for key in waiting:
            offered = {b["key"] for b in loaded.rules["notices"]["notices"][key]["buttons"]}
            decision = "insist" if "insist" in offered else "ok"
            acknowledge_notice(bench.inner_desk(), self.actor, self.case_id, key, decision, self.chosen)

    def do_exchanges(self, bench: Bench) -> None:
        self.insist(bench)
        if {"CFFEX", "INE"} & set(self.chosen):
            for name in ("first", "second"):
                self.add_photo(bench, "score_report", name)
        assert not self.answer(bench, "exchanges", {"chosen": list(self.chosen)})

    def read_agreements(self, bench: Bench) -> None:
        """Read every document that has to be read, each for its minimum time."""
        desk, loaded = bench.inner_desk(), self.loaded(bench)
        for document in agreements_for("agreements", loaded.facts, loaded.rules, loaded.now):
            open_agreement(desk, self.actor, self.case_id, document.code)
            bench.pass_time(seconds=document.min_read_seconds)
            assert not finish_agreement(desk, self.actor, self.case_id, document.code)

    def do_agreements(self, bench: Bench) -> None:
        self.read_agreements(bench)
        assert not self.answer(bench, "agreements", {"agreed": True})

    # -- the call
    def join(self, bench: Bench) -> Ticket:
        ticket = join_queue(bench.inner_desk(), self.actor, self.case_id)
        self.ticket = ticket.id
        return ticket

    def claim(self, bench: Bench, witness: str = "") -> Ticket:
        """The witness takes the next customer, who must be this one."""
        self.witness = witness or self.witness
        ticket = claim_next(bench.inner_desk(), bench.staff(self.witness, firm=self.firm))
        assert ticket is not None and ticket.case_id == self.case_id
        self.ticket, self.fence = ticket.id, ticket.fence
        return ticket

    def call(self, bench: Bench) -> None:
        self.call_by(bench, self.witness)

    def call_by(self, bench: Bench, witness: str) -> None:
        """Join the queue and be taken by this witness."""
        self.join(bench)
        bench.pass_time(seconds=20)
        self.claim(bench, witness)

    @property
    def held(self) -> tuple[str, int]:
        """The call as the witness names it: ticket and fence."""
        return self.ticket, self.fence

    def capture(self, bench: Bench, slot: str) -> Evidence:
        """The witness takes one still or the clip."""
        mime = "video/webm" if slot == HEAD_CLIP else "image/jpeg"
        data = b"webm" if slot == HEAD_CLIP else tiny_picture(f"{self.person.name}{slot}")
        actor = bench.staff(self.witness, firm=self.firm)
        return add_capture(bench.inner_desk(), actor, *self.held, slot, data, mime, {"source": "server"})

    def work_through_call(self, bench: Bench) -> None:
        """Every required mark and every capture."""
        desk, actor = bench.inner_desk(), bench.staff(self.witness, firm=self.firm)
        for step in script_steps(self.loaded(bench)):
            bench.pass_time(seconds=10)
            if step["evidence"] == "mark":
                mark_script(desk, actor, *self.held, step["key"], passed=True)
        draw_question(desk, actor, *self.held)
        mark_answer(desk, actor, *self.held, right=True)
        for slot in (*CAPTURES, HEAD_CLIP):
            self.capture(bench, slot)

    def do_witness(self, bench: Bench) -> None:
        self.work_through_call(bench)
        pass_witness(bench.inner_desk(), bench.staff(self.witness, firm=self.firm), *self.held, "面容一致")

    def be_witnessed(self, bench: Bench) -> None:
        """The whole call, from the queue to the pass."""
        self.call(bench)
        self.do_witness(bench)

    # -- certificate and signing
    def detect(self, bench: Bench) -> str:
        """Ask this device for the customer's certificate; what the server makes of it."""
        asked = begin_detection(bench.inner_desk(), self.actor, self.case_id)
        return find_certificate(bench.inner_desk(), self.actor, self.case_id, self.device.detect(asked.challenge))

    def do_certificate_check(self, bench: Bench) -> None:
        outcome = self.detect(bench)
        if outcome != "found":
            assert not self.answer(bench, "certificate_check", {"outcome": outcome})

    def do_certificate(self, bench: Bench) -> None:
        desk = bench.inner_desk()
        request = begin_certificate(desk, self.actor, self.case_id)
        self.device.chain = issue_certificate(desk, self.actor, self.case_id, self.device.enrol(request))
        confirm_install(desk, self.actor, self.case_id, request.kid)

    def prepare(self, bench: Bench) -> tuple[list[Document], dict[str, str]]:
        """The prepared documents and the device's signatures on them."""
        desk, files = bench.inner_desk(), {}
        documents = prepare_signing(desk, self.actor, self.case_id)
        for document in documents:
            with desk.read(self.firm) as work:
                found = work.cases.find_evidence(str(document.prepared_file))
            assert found is not None
            reader = desk.vault.open(self.firm, found[0].file_id)
            files[document.id] = reader.read(0, reader.size)
        return documents, self.device.sign_documents(documents, files)

    def do_sign(self, bench: Bench) -> None:
        desk, (_, signatures) = bench.inner_desk(), self.prepare(bench)
        kid = self.device.kid
        assert unlock_certificate(desk, self.actor, self.case_id, kid, self.device.auth()).share
        finish_signing(desk, self.actor, self.case_id, kid, signatures)

    # -- submit and what follows
    def follow_up_answers(self, bench: Bench) -> dict[str, str]:
        loaded = self.loaded(bench)
        return {q["key"]: "a" for q in questions(loaded.facts, loaded.rules)} | self.follow_up

    def do_follow_up(self, bench: Bench) -> None:
        given = self.follow_up_answers(bench)
        checked = submit_follow_up(bench.inner_desk(), self.actor, self.case_id, given, confirmed=True)
        assert checked.ok, checked.errors

    def hand_in(self, bench: Bench) -> None:
        """Submit a business that ends without questions."""
        submit_case(bench.inner_desk(), self.actor, self.case_id)

    def do_submitted(self, bench: Bench) -> None:
        take_case(bench.inner_desk(), bench.staff(self.reviewer, firm=self.firm), self.case_id)

    def decide_access(self, bench: Bench, decision: str = "met", note: str = "") -> None:
        """The reviewer decides every condition of access that is still undecided."""
        loaded, reviewer = self.loaded(bench), bench.staff(self.reviewer, firm=self.firm)
        for each in access_of(loaded.facts, loaded.rules, loaded.now):
            if not each.decided:
                decide_access(bench.inner_desk(), reviewer, self.case_id, each.requirement.key, decision, note)

    def do_in_review(self, bench: Bench) -> None:
        self.decide_access(bench)
        reviewer = bench.staff(self.reviewer, firm=self.firm)
        with bench.inner_desk().read(self.firm) as work:
            open_tasks = [task.id for task in work.casework.tasks(self.case_id) if task.done_at is None]
        for task_id in open_tasks:
            assert not settle_task(bench.inner_desk(), reviewer, task_id, "已打电话核实")
        self.account = approve_case(bench.inner_desk(), reviewer, self.case_id)

    def do_callback(self, bench: Bench) -> None:
        asked = required_topics(self.loaded(bench))
        actor = bench.staff("callback", firm=self.firm)
        assert not record_callback(bench.inner_desk(), actor, self.case_id, "confirmed", "", asked)

    def go_on(self, bench: Bench, place: str) -> None:
        """From a milestone to the next one."""
        names = {"witness": "call", "in_call": "do_witness", "sign": "prepare", "prepared": "do_sign"}
        how = getattr(self, names.get(place, f"do_{place}"))
        how(bench)
        bench.pass_time(seconds=30)


def required_topics(loaded: Loaded) -> list[str]:
    """Keys of the topics that the callback of this case has to cover."""
    return [topic.key for topic in call_plan(loaded, "").topics if topic.required]


def sign_in(bench: Bench, firm: str = "f1", **who: str) -> str:
    """Sign in with `phone=` or `id_number=`; the session's subject."""
    desk = bench.inner_desk()
    shown = new_captcha(desk, firm)
    asked = request_code(desk, firm, captcha_id=shown.id, captcha=shown.png.decode(), address="198.51.100.7", **who)
    assert not asked.errors, asked.errors
    bench.run_inner_jobs(firm)
    given = {"code_id": asked.code_id, "code": bench.sms.code(), "policy": "2026.1", "agreed": True}
    ticket = sign_in_customer(desk, firm, **given)
    assert ticket is not None
    session = find_session(desk, "customer", token=exchange_ticket(desk, ticket))
    assert session is not None
    return session.subject
