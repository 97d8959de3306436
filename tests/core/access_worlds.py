"""Where a case stands when somebody tries something, and who tries; for access_table.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core.actor import Actor, Role
from core.ports import Desk
from core.published_events import EVENT_TITLES
from core.records_customers import RequestKind
from core.records_watch import Sample
from core.rules.calendar import CalendarDay
from core.supplement import Demand, Reach
from core.usecases.abandon_case import abandon_case
from core.usecases.answer_requests import open_requests
from core.usecases.api_keys import add_key, api_keys
from core.usecases.block_list import block_list, decide_block, propose_block
from core.usecases.call_chat import write_line
from core.usecases.call_script import draw_question, send_call_code
from core.usecases.certificates import begin_certificate, issue_certificate, unlock_certificate
from core.usecases.change_phone import request_phone_code
from core.usecases.copy_own_data import prove_copy, request_copy_code
from core.usecases.counter_phone import propose_phone
from core.usecases.decide_proposal import waiting_proposals
from core.usecases.desk_messages import send_message
from core.usecases.knowledge_test import start_test
from core.usecases.legal_holds import set_hold
from core.usecases.manage_reservations import close_slots
from core.usecases.observe_call import observe
from core.usecases.own_data import ask_about_data
from core.usecases.park_case import escalate_case
from core.usecases.photo_marks import mark_photo
from core.usecases.read_retention import read_retention
from core.usecases.review_case import reject_review
from core.usecases.sessions import own_sessions
from core.usecases.supplements import campaign_list, start_supplements
from core.usecases.webhooks import add_webhook, delivery_log
from core.usecases.work_calendar import save_days
from tests.builders import Walk, case_at
from tests.desk_bench import EXISTING, Bench
from tests.duty import TUESDAY, book, on_duty
from tests.knowledge import take_test
from tests.photo_readings import GLARE, put_reading
from tests.queue_line import online
from tests.walk import sign_in

WHO = (
    *Role, "owner", "other customer", "witness of another branch", "customer of another firm", "staff of another firm",
)  # fmt: skip
"""The columns: each role alone, and who comes near it. The customer of another firm has the owner's own id there, the
staff of another firm a colleague's, with every role at once."""


@dataclass
class World:
    """A case in its place, and what the calls name."""

    bench: Bench
    walk: Walk
    kept: Any = None
    session: str = ""

    @property
    def desk(self) -> Desk:
        return self.bench.desk

    @property
    def case(self) -> str:
        return self.walk.case_id

    @property
    def call(self) -> tuple[str, int]:
        return self.walk.held

    def slot(self, name: str) -> str:
        """Id of the newest file in a slot."""
        return self.walk.facts(self.bench).slot(name)[-1].id

    def actor(self, who: str) -> Actor:
        """Whoever stands in this column."""
        near = {
            "owner": replace(self.walk.actor, session_id=self.session),
            "other customer": Actor("f1", "phone:" + "0" * 32),
            "witness of another branch": self.bench.staff("witness_b2"),
            "customer of another firm": replace(self.walk.actor, firm_id="f2"),
            "staff of another firm": Actor("f2", "staff:witness", frozenset(Role)),
        }
        return near[who] if who in near else self.bench.staff(who, Role(who))


# -- where the case stands
def signed_in(place: str) -> Callable[[Bench], World]:
    """A case, and the session of its customer."""

    def make(bench: Bench) -> World:
        world = at(place)(bench)
        world.session = own_sessions(world.desk, world.walk.actor)[0].id
        return world

    return make


def held(place: str) -> Callable[[Bench], World]:
    """A case that somebody has put off and taken to the supervisor, with a task."""

    def make(bench: Bench) -> World:
        world = at(place)(bench)
        assert not escalate_case(world.desk, bench.staff("review"), world.case, "请主管看一下")
        with bench.work() as work:
            work.casework.add_task(world.case, "red_flag", "f01")
            world.kept = work.casework.tasks(world.case)[0].id
        return world

    return make


def shared(bench: Bench) -> World:
    """A case in review whose phone a customer on file has as well."""
    world = at("in_review")(bench)
    with bench.work() as work:
        work.people.change_customer(replace(EXISTING, phone=world.walk.person.phone))
    world.kept = f"phone:customer:{EXISTING.id}"
    return world


def blocking(bench: Bench) -> World:
    """A colleague proposes an entry of the block list."""
    world, both = new(bench), (Role.SUPERVISOR, Role.COMPLIANCE)
    assert not propose_block(world.desk, bench.staff("review2", *both), "phone", "11150813099", "冒用他人证件")
    world.kept = block_list(world.desk, bench.staff("review2", *both))[0].block.id
    return world


def blocked(bench: Bench) -> World:
    """The entry is in force."""
    world = blocking(bench)
    decide_block(world.desk, bench.staff("both", Role.COMPLIANCE), world.kept, agreed=True)
    return world


def on_hold(bench: Bench) -> World:
    """A legal hold stands on a case."""
    world = at("photos")(bench)
    compliance = bench.staff("compliance")
    assert not set_hold(world.desk, compliance, world.walk.case(bench).number, "法院协助保全通知书")
    world.kept = read_retention(world.desk, compliance).holds[0].id
    return world


def sampled(bench: Bench) -> World:
    """The review of a case was drawn to be checked again."""
    world = at("callback")(bench)
    with bench.work() as work:
        [done] = work.samples.finished("review", work.now - timedelta(days=1))
        work.samples.add_sample(Sample("sample", "call", done.ref, world.case, "somebody", done.done_at, work.now))
    world.kept = "sample"
    return world


def proposed(bench: Bench) -> World:
    """A colleague of the reviewer proposes a new phone number of a customer on file."""
    world = new(bench)
    staff = bench.staff("review2")
    assert not propose_phone(world.desk, staff, EXISTING.id, "11150813088", "旧号码已停用", id_seen=True)
    world.kept = waiting_proposals(world.desk, staff)[0][0].id
    return world


def read_photo(bench: Bench) -> World:
    """The machine has read a picture of a case in review, found something, and cut the card out."""
    world = at("in_review")(bench)
    card = world.desk.vault.put("f1", b"the card")
    world.kept = put_reading(bench, world.walk, "id_front", findings=(GLARE,), crop_file=card.file_id)
    return world


def marked(bench: Bench) -> World:
    """The reviewer marked a picture and rejected the case."""
    world, who = at("in_review")(bench), bench.staff("review")
    mark_photo(world.desk, who, world.case, world.slot("id_front"), "picture", (0, 0, 1, 1), "P01", "", "")
    reject_review(world.desk, who, world.case, [], "", "")
    return world


def requested(bench: Bench) -> World:
    """The customer asks about the own data."""
    world = signed_in("bank")(bench)
    assert not ask_about_data(world.desk, world.actor("owner"), RequestKind.DELETION, "请删除")
    world.kept = open_requests(world.desk, bench.staff("compliance")).requests[0].id
    return world


def copy_asked(bench: Bench) -> World:
    """A code for the copy of the own data was sent."""
    world = signed_in("bank")(bench)
    world.kept = request_copy_code(world.desk, world.actor("owner"), "198.51.100.9")
    bench.run_jobs()
    return world


def copy_proven(bench: Bench) -> World:
    """The code for the copy was typed."""
    world = copy_asked(bench)
    assert not prove_copy(world.desk, world.actor("owner"), world.kept, bench.sms.code())
    return world


def hooked(bench: Bench) -> World:
    """An address that an event waits for: (its id, the delivery)."""
    world = at("in_review")(bench)
    admin = bench.staff("admin")
    add_webhook(world.desk, admin, "系统", "https://crm.example/", list(EVENT_TITLES))
    reject_review(world.desk, bench.staff("review"), world.case, ["P01"], "请重新上传。", "")
    log = delivery_log(world.desk, admin)
    world.kept = log.hooks[0].id, log.deliveries[0].id
    return world


def keyed(bench: Bench) -> World:
    """A key of the API."""
    world = new(bench)
    add_key(world.desk, bench.staff("admin"), "数据仓库", ["cases:read"])
    world.kept = api_keys(world.desk, bench.staff("admin"))[0].id
    return world


def campaign(bench: Bench) -> World:
    """The firm asks everybody with an account to sign once more."""
    world = at("active")(bench)
    start_supplements(world.desk, bench.staff("supervisor"), DEMAND)
    world.kept = campaign_list(world.desk, bench.staff("supervisor"))[0].campaign.id
    return world


def tomorrow(bench: Bench) -> World:
    """A day after the campaign began, when customers may be reminded."""
    world = campaign(bench)
    bench.pass_time(days=1)
    return world


def asked_again(bench: Bench) -> World:
    """The customer whom the firm asks has signed in and begun nothing."""
    world = campaign(bench)
    bench.run_jobs()
    bench.pass_time(seconds=61)
    owner = sign_in(bench, id_number=world.walk.person.id_number)
    return World(bench, replace(world.walk, owner=owner, case_id="", ticket=""))


def tested(bench: Bench) -> World:
    """The online test runs."""
    world = at("exchanges")(bench)
    world.kept = start_test(world.desk, world.walk.actor, world.case)
    return world


def passed_before(bench: Bench) -> World:
    """The test was passed in a case that was given up since."""
    world = at("exchanges")(bench)
    take_test(bench, world.walk)
    abandon_case(world.desk, world.walk.actor, world.case)
    world.walk.start(bench)
    world.walk.walk_to(bench, "exchanges")
    return world


def written(bench: Bench) -> World:
    """In the call, and the witness wrote a line."""
    world = at("in_call")(bench)
    write_line(world.desk, world.actor("witness"), *world.call, "听得到吗")
    return world


def at(place: str, **options: Any) -> Callable[[Bench], World]:
    return lambda bench: World(bench, case_at(bench, place, **options))


def new(bench: Bench) -> World:
    """Signed in, nothing begun."""
    walk = Walk()
    walk.sign_in(bench)
    (session,) = own_sessions(bench.desk, walk.actor)
    return World(bench, walk, session=session.id)


def queued(bench: Bench) -> World:
    """Waiting."""
    world = at("witness")(bench)
    world.walk.join(bench)
    return world


def ringing(bench: Bench) -> World:
    """Waiting, and it rings at the witness."""
    world = queued(bench)
    online(bench, "witness")
    with bench.work() as work:
        found = work.queue.find(world.walk.ticket)
    assert found is not None
    world.walk.fence = found.fence
    return world


def idle(bench: Bench) -> World:
    """Waiting, while a colleague of another branch has nothing to do."""
    world = queued(bench)
    online(bench, "witness_b2")
    return world


def captured(bench: Bench) -> World:
    """In the call, and the witness took a still."""
    world = at("in_call")(bench)
    world.walk.capture(bench, "capture_front")
    return world


def observed(bench: Bench) -> World:
    """In the call, and the supervisor sits in."""
    world = at("in_call")(bench)
    observe(world.desk, world.actor("supervisor"), world.walk.ticket)
    return world


def coded(bench: Bench) -> World:
    """In the call, and a code was sent to the phone."""
    world = at("in_call")(bench)
    send_call_code(world.desk, world.actor("witness"), *world.call)
    bench.run_jobs()
    return world


def asked(bench: Bench) -> World:
    """In the call, and a question was drawn."""
    world = at("in_call")(bench)
    draw_question(world.desk, world.actor("witness"), *world.call)
    return world


def ready(bench: Bench) -> World:
    """In the call, and everything that a pass needs is there."""
    world = at("in_call")(bench)
    world.walk.work_through_call(bench)
    return world


def bookable(bench: Bench) -> World:
    world = at("witness")(bench)
    on_duty(bench)
    return world


def booked(bench: Bench) -> World:
    world = bookable(bench)
    world.kept = book(bench, world.walk).id
    return world


def stranded(bench: Bench) -> World:
    """Booked on a day that is no working day any more."""
    world = booked(bench)
    save_days(world.desk, bench.staff("admin"), [CLOSED])
    return world


def closed(bench: Bench) -> World:
    world = bookable(bench)
    close_slots(world.desk, bench.staff("supervisor"), "b1", TUESDAY, ["09:00"], "维护")
    return world


def message(bench: Bench) -> World:
    """A message stands on the page of those who wait."""
    world = queued(bench)
    send_message(world.desk, bench.staff("supervisor"), "b1", "请稍候", timedelta(hours=1))
    with bench.work() as work:
        world.kept = work.messages.current_messages("b1")[0].id
    return world


def messaged(bench: Bench) -> World:
    """A message was sent to the customer."""
    world = at("submitted")(bench)
    bench.run_jobs()
    with bench.work() as work:
        world.kept = work.jobs.recent_sms(bench.now - timedelta(days=9))[0].id
    return world


def again(business: str, place: str, **changes: Any) -> Callable[[Bench], World]:
    """The customer, now on file, in another business."""

    def make(bench: Bench) -> World:
        walk = case_at(bench, "active", chosen=("DCE",)).again(business, **changes)
        walk.start(bench)
        walk.walk_to(bench, place)
        return World(bench, walk)

    return make


def proving(bench: Bench) -> World:
    """A code was sent to the new phone."""
    world = again("profile", "profile", part="contact")(bench)
    assert not request_phone_code(world.desk, world.walk.actor, world.case, "11150813077", "198.51.100.9")
    bench.run_jobs()
    return world


def at_counter(bench: Bench) -> World:
    """密码重置, approved."""
    world = again("password_reset", "submit")(bench)
    world.walk.hand_in(bench)
    world.walk.do_submitted(bench)
    world.walk.do_in_review(bench)
    return world


def begun_key(bench: Bench) -> World:
    """The device made its key."""
    world = at("certificate")(bench)
    world.kept = world.walk.device.enrol(begin_certificate(world.desk, world.walk.actor, world.case))
    return world


def issued(bench: Bench) -> World:
    world = begun_key(bench)
    issue_certificate(world.desk, world.walk.actor, world.case, world.kept)
    return world


def prepared(bench: Bench) -> World:
    """Documents prepared, and unlocked by the right password."""
    world = at("sign")(bench)
    _, world.kept = world.walk.prepare(bench)
    unlock_certificate(world.desk, world.walk.actor, world.case, world.walk.device.kid, world.walk.device.auth())
    return world


DEMAND = Demand(("risk_statement",), Reach.ALL, TUESDAY + timedelta(days=20), "监管要求更新")
CLOSED = CalendarDay(TUESDAY, workday=False, trading=False, name="临时")
