"""The wallboard: how the desk stands now, by branch and for the firm. One reading is shared by all who look."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actor import Actor
from core.jobs.refresh_rollups import targets_of
from core.metrics import Span, Targets, abandon_rate, day_number, seconds_words, service_level
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.rules.calendar import local_day
from core.sentence import Sentence

FRESH = timedelta(seconds=4)
"""A reading younger than this is shown again: a hundred screens ask the database as often as one."""
ALONE_S = 300
ENOUGH = 10
"""So many offered before a service level is worth an alert."""
DUTY = ("online", "busy", "wrap_up", "break")


@dataclass(frozen=True)
class Standing:
    """One branch, or all of them (`branch_id` empty); `longest` in seconds, None where nobody waits."""

    branch_id: str
    name: str
    waiting: int
    longest: int | None
    running: int
    duty: Mapping[str, int]
    today: Mapping[str, int]
    reserved: Mapping[str, int]
    targets: Targets

    @property
    def service_level(self) -> float | None:
        """Of today's tickets; None where nothing was offered."""
        today = self.today
        return service_level(*(today.get(n, 0) for n in ("in_target", "answered", "abandoned", "short_abandoned")))

    @property
    def abandon_rate(self) -> float | None:
        """Of today's tickets; None where nothing was offered."""
        return abandon_rate(self.today.get("abandoned", 0), self.today.get("offered", 0))

    @property
    def late(self) -> bool:
        """Whether somebody waits longer than the firm wants."""
        return self.longest is not None and self.longest > self.targets.longest_s

    @property
    def below(self) -> bool:
        """Whether today's service level is below the goal, with enough tickets to say so."""
        level, enough = self.service_level, self.today.get("offered", 0) >= ENOUGH
        return enough and level is not None and level < self.targets.service_level

    def alerts(self) -> tuple[str, ...]:
        """What somebody should look after now, in words."""
        on_duty = sum(self.duty.get(state, 0) for state in ("online", "busy", "wrap_up")) + self.running
        longest, missed = self.longest or 0, self.reserved.get("host_no_show", 0)
        found = {
            "有客户排队，没有见证人员在岗": self.waiting > 0 and not on_duty,
            Sentence("最长等待超过 {time}", time=seconds_words(self.targets.longest_s)): self.late,
            "有见证人员在线，仍有客户等待超过 5 分钟": longest > ALONE_S and self.duty.get("online", 0) > 0,
            Sentence("今天的服务水平低于 {level:.0%}", level=self.targets.service_level): self.below,
            Sentence("{count} 位预约客户到了没有接通", count=missed): missed > 0,
        }
        return tuple(text for text, true in found.items() if true)


@dataclass(frozen=True)
class Board:
    """The firm and its branches at one moment."""

    at: datetime
    whole: Standing
    branches: tuple[Standing, ...]

    def of(self, branch_id: str) -> Standing:
        """One branch; the firm for an empty or unknown id."""
        return next((one for one in self.branches if one.branch_id == branch_id), self.whole)

    def alerts(self, branch_id: str = "") -> list[tuple[str, str]]:
        """(name of the branch, words) of everything that is wrong, for one branch or for all."""
        wanted = [one for one in self.branches if not branch_id or one.branch_id == branch_id]
        return [(one.name, words) for one in wanted for words in one.alerts()]


_lock = threading.Lock()
_last: dict[str, tuple[Desk, Board]] = {}


def look_at_wallboard(desk: Desk, actor: Actor) -> Board:
    """The firm's board, at most five seconds old; whoever comes first reads it for the others of this process."""
    allow(actor, Permission.QUEUE_READ)
    with _lock:
        found = _last.get(actor.firm_id)
        if found and found[0] is desk and timedelta() <= desk.clock() - found[1].at < FRESH:
            return found[1]
        with desk.read(actor.firm_id) as work:
            board = _read(work)
        _last[actor.firm_id] = (desk, board)
        return board


def _read(work: Work) -> Board:
    targets, figures, today = targets_of(work), work.metrics, local_day(work.now)
    line = {branch: (count, joined) for branch, count, joined in figures.line_now()}
    calls, duty, number = figures.calls_now(), figures.duty_now(), day_number(today)
    tickets, reserved = figures.tickets_today(targets, Span(number, number)), _reserved(work)
    standings = []
    for branch in work.firms.branches():
        count, joined = line.get(branch.id, (0, None))
        standings.append(
            Standing(
                branch.id, branch.name, count, (work.now - joined) // timedelta(seconds=1) if joined else None,
                calls.get(branch.id, 0), {state: duty.get((branch.id, state), 0) for state in DUTY},
                tickets.get(branch.id, {}), reserved.get(branch.id, {}), targets,
            )
        )  # fmt: skip
    return Board(work.now, _together(standings, targets), tuple(standings))


def _reserved(work: Work) -> dict[str, Counter[str]]:
    """Today's reservations by branch: due, checked in, and by their state."""
    found: dict[str, Counter[str]] = {}
    for branch, state, came, count in work.metrics.reservations_of(local_day(work.now)):
        one = found.setdefault(branch, Counter())
        one[state] += count
        if state != "cancelled":
            one["due"] += count
            one["checked_in"] += count if came and state != "late" else 0
    return found


def _together(standings: list[Standing], targets: Targets) -> Standing:
    longest = [one.longest for one in standings if one.longest is not None]
    duty, today, reserved = (Counter[str](), Counter[str](), Counter[str]())
    for one in standings:
        duty.update(one.duty)
        today.update(one.today)
        reserved.update(one.reserved)
    waiting, running = sum(one.waiting for one in standings), sum(one.running for one in standings)
    return Standing("", "全部营业部", waiting, max(longest, default=None), running, duty, today, reserved, targets)
