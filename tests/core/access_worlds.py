"""Where a case stands when somebody tries something, and who tries; for access_table.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core.actor import Actor, Role
from core.ports import Desk
from core.rules.calendar import CalendarDay
from core.usecases.call_script import draw_question, send_call_code
from core.usecases.certificates import begin_certificate, issue_certificate, unlock_certificate
from core.usecases.change_phone import request_phone_code
from core.usecases.desk_messages import send_message
from core.usecases.manage_reservations import close_slots
from core.usecases.observe_call import observe
from core.usecases.sessions import own_sessions
from core.usecases.work_calendar import save_days
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.duty import TUESDAY, book, on_duty
from tests.queue_line import online

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


CLOSED = CalendarDay(TUESDAY, workday=False, trading=False, name="临时")
