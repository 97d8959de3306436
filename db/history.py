"""An invented firm with a year of history (样张), for trying the figures at any size; refused outside demo mode.

The same seed on the same day makes the same history. Nobody in it is real, no answers and no evidence are made, and
no case is open: the history is there to be counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from core.actor import Role
from core.businesses import BUSINESSES
from core.defaults import load_defaults
from core.errors import NotAllowed
from core.metrics import day_number, day_of
from core.ports import Desk
from core.records import Branch, Firm, StaffMember
from core.rules.calendar import build_calendar
from core.usecases.found_firm import found_firm
from db import sealed
from db.database import Database
from db.history_promises import Ints, promises
from db.history_steps import CLEAR, RULES, step_of
from db.tables import RejectionRow

DAYS = 365
CHUNK = 20_000
_DAY, _HOUR, _EAST = 86_400_000, 3_600_000, 28_800_000
_HOURS = (0.2, 0.1, 0, 0, 0, 0.1, 0.3, 0.8, 3, 8, 9, 7, 4, 6, 8, 8, 7, 4, 2.5, 2, 2, 1.5, 1, 0.5)
_OPEN = range(9, 18)
_BUSINESS = (0.46, 0.2, 0.12, 0.1, 0.08, 0.04)
_WORDS = ("北京", "上海", "广州", "深圳", "郑州", "大连", "杭州", "南京", "武汉", "成都",
          "西安", "青岛", "长沙", "合肥", "福州", "济南", "沈阳", "天津", "重庆", "厦门")  # fmt: skip
_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "芳敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"


@dataclass(frozen=True)
class Wish:
    """What to make: a firm's number and how many cases."""

    number: str
    cases: int
    seed: int = 7


@dataclass
class _Year:
    """Every case as arrays; times in ms, -1 where something did not happen."""

    created: Ints
    branch: Ints
    business: Ints
    joined: Ints
    answered: Ints
    ended: Ints
    staff: Ints
    reason: Ints
    passed: NDArray[np.bool_]
    promised: Ints
    reserved: NDArray[np.bool_]
    submitted: Ints
    rejected: Ints
    device: Ints
    step: NDArray[np.float64]


def make_history(desk: Desk, database: Database, wish: Wish) -> Firm:
    """Found the firm and write its year; raises `NotAllowed` outside demo mode or when the number is taken."""
    if not desk.settings.demo:
        raise NotAllowed("只有演示模式可以生成虚构的历史数据。")
    if wish.number in {firm.number for firm in database.firms()}:
        raise NotAllowed("这个期货公司编号已经存在。")
    firm = Firm(f"history{wish.number}", wish.number, "长河期货（样张）", f"400-000-{wish.number}", demo=True)
    branches = _branches(wish.cases)
    crew = max(2, round(wish.cases / len(branches) / 300 * 360 / (8 * 3600 * 0.6)) + 1)
    _found(desk, firm, branches, crew)
    year = _invent(desk, wish, len(branches), crew)
    for table, columns, rows in _tables(desk, firm, year, crew):
        _write(database, table, columns, rows)
    return firm


def _branches(cases: int) -> list[Branch]:
    count = int(np.clip(cases // 2500, 2, len(_WORDS)))
    return [Branch(f"b{n}", f"{city}营业部", f"{city}市", f"样张路 {n} 号") for n, city in enumerate(_WORDS[:count], 1)]


def _found(desk: Desk, firm: Firm, branches: Sequence[Branch], crew: int) -> None:
    hashed = desk.passwords.hash(desk.settings.demo_password or desk.keys.firm(firm.id).mac("history", b"").hex())
    year = desk.clock().year
    roles = (Role.ANALYST, Role.SUPERVISOR)
    staff = [StaffMember(role, role, title, "", "b1", frozenset({role}), hashed) for role, title in
             zip(roles, ("吴涛", "周敏"), strict=True)]  # fmt: skip
    for number in range(len(branches) * crew):
        name = _FAMILY[number % len(_FAMILY)] + _GIVEN[number // len(_FAMILY) % len(_GIVEN)]
        branch = branches[number // crew].id
        staff.append(StaffMember(f"w{number}", f"witness{number}", name, f"F8{number:06d}", branch,
                                 frozenset({Role.WITNESS}), hashed))  # fmt: skip
    found_firm(desk, firm, branches, staff, load_defaults(demo=True), build_calendar(year - 2, year + 1))


# -- a year as arrays
def _invent(desk: Desk, wish: Wish, branches: int, crew: int) -> _Year:
    draw, count = np.random.default_rng(wish.seed), wish.cases
    now = int(desk.clock().timestamp() * 1000)
    created = _arrivals(draw, count, day_number(desk.clock()), now)
    branch = draw.choice(branches, count, p=_falling(branches, 0.7))
    joined = created + _lognormal(draw, count, 6.2, 0.6) * 1000
    joined[draw.random(count) > 0.86] = -1
    peak = np.isin((joined + _EAST) // _HOUR % 24, (9, 10, 11, 14, 15, 16))
    wait = _lognormal(draw, count, 3.4, 1.1) * np.where(peak, 2, 1)
    leaves = draw.random(count) < np.clip(wait / 2500, 0.01, 0.6)
    answered = np.where((joined >= 0) & ~leaves, joined + wait * 1000 + draw.integers(0, 1000, count), -1)
    talk = np.maximum(60, _lognormal(draw, count, 5.6, 0.4))
    ended = np.where(answered >= 0, answered + talk * 1000, joined + wait * 1000)
    passed = (answered >= 0) & (draw.random(count) < 0.88)
    promised = np.where(draw.random(count) < 0.9, np.maximum(1, wait * draw.lognormal(0.1, 0.35, count) // 60) * 60, -1)
    submitted = np.where(passed & (draw.random(count) < 0.94), ended + _lognormal(draw, count, 6.8, 0.8) * 1000, -1)
    ended, answered = np.where(ended > now, -1, ended), np.where(ended > now, -1, answered)
    more = np.random.default_rng(wish.seed + 1)
    return _Year(
        device=more.choice(3, count, p=(0.7, 0.1, 0.2)), step=more.random(count),
        created=created, branch=branch, business=draw.choice(len(_BUSINESS), count, p=_BUSINESS),
        joined=np.where(ended < 0, -1, joined), answered=answered, ended=ended,
        staff=branch * crew + draw.integers(0, crew, count), reason=draw.choice(4, count, p=(0.6, 0.3, 0.04, 0.06)),
        passed=passed & (answered >= 0), promised=promised.astype(np.int64), reserved=draw.random(count) < 0.09,
        submitted=np.where((submitted < now) & (ended >= 0), submitted, -1),
        rejected=np.where(draw.random(count) < 0.16, draw.integers(1, 4, count), 0),
    )  # fmt: skip


def _arrivals(draw: np.random.Generator, count: int, today: int, now: int) -> Ints:
    """Times of starting, more on working days and in the morning, a little more each month; none after now."""
    first = today - DAYS + 1
    weekday = np.array([day_of(first + offset).weekday() for offset in range(DAYS)])
    weight = np.where(weekday < 5, 1.0, np.where(weekday == 5, 0.35, 0.02)) * np.linspace(0.8, 1.2, DAYS)
    weight *= draw.lognormal(0, 0.12, DAYS)
    hours = np.array(_HOURS) / sum(_HOURS)
    day = first + draw.choice(DAYS, count, p=weight / weight.sum())
    times = day * _DAY + draw.choice(24, count, p=hours) * _HOUR + draw.integers(0, _HOUR, count) - _EAST
    return np.sort(np.where(times > now - _HOUR, times - 7 * _DAY, times))


def _lognormal(draw: np.random.Generator, count: int, mean: float, spread: float) -> Ints:
    return draw.lognormal(mean, spread, count).astype(np.int64)


def _falling(count: int, power: float) -> NDArray[np.float64]:
    weights = 1 / np.arange(1, count + 1) ** power
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


# -- rows
Table = tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]


def _tables(desk: Desk, firm: Firm, year: _Year, crew: int) -> Iterator[Table]:
    yield "case_file", _CASE, _cases(firm, year)
    yield "ticket", _TICKET, _tickets(firm, year)
    yield "rejection", _REJECTION, _rejections(desk, firm, year)
    yield "review_decision", _DECISION, _decisions(desk, firm, year)
    yield "reservation", _RESERVATION, _reservations(firm, year)
    yield "staff_status", _DUTY, _duty(desk, firm, year, crew)


_CASE = ("firm_id", "id", "number", "business", "owner", "branch_id", "state", "version", "current_step", "rules",
         "flags", "clear", "created_at", "updated_at", "submitted_at", "due_at", "reviewer_id", "witness_id",
         "closed_at")  # fmt: skip
_TICKET = ("firm_id", "id", "case_id", "branch_id", "business", "state", "enqueued_at", "seen_at", "staff_id",
           "claimed_at", "fence", "attempts", "ended_at", "result", "process", "script", "answered_at", "promised_s",
           "rank", "reason")  # fmt: skip
_REJECTION = ("firm_id", "id", "case_id", "stage", "codes", "targets", "text_sealed", "created_by", "created_at")
_DECISION = ("firm_id", "id", "case_id", "result", "submitted_at", "due_at", "decided_at", "working_s")
_RESERVATION = ("firm_id", "id", "case_id", "owner", "branch_id", "day", "slot", "begins_at", "ends_at",
                "state", "signed_in_at", "created_at", "closed_at", "reason")  # fmt: skip
_DUTY = ("firm_id", "id", "staff_id", "branch_id", "status", "reason", "began_at", "seen_at", "ended_at")
_NAMES = tuple(BUSINESSES)
_WHY = ("left", "vanished", "closed", "gave_up")


def _ids(count: int) -> Iterator[tuple[int, str]]:
    return ((place, f"h{place:07d}") for place in range(count))


def _cases(firm: Firm, year: _Year) -> Iterator[tuple[Any, ...]]:
    days = (year.created + _EAST) // _DAY
    serial = np.arange(len(days)) - np.searchsorted(days, days) + 1
    turn = int(days.max()) - DAYS // 2
    dated = {int(day): f"{day_of(int(day)):%y%m%d}" for day in np.unique(days)}
    columns = (x.tolist() for x in (year.created, days, serial, year.branch, year.business, year.submitted, year.staff,
                                    year.device, year.step, year.joined))  # fmt: skip
    for (_, case), created, day, order, branch, business, submitted, staff, device, part, joined in zip(
        _ids(len(days)), *columns, strict=True
    ):
        handed_in = submitted >= 0
        done = submitted + _DAY if handed_in else created + 3 * _DAY
        yield (firm.id, case, f"{firm.number}{dated[day]}{order:06d}", _NAMES[business], f"phone:{case}",
               f"b{branch + 1}", "active" if handed_in else "abandoned", 9,
               step_of(business, part, handed_in, joined >= 0), RULES[day >= turn], "[]", CLEAR[device], created, done,
               submitted if handed_in else None, submitted + _DAY if handed_in else None,
               "supervisor" if handed_in else None, f"w{staff}" if handed_in else None, done)  # fmt: skip


def _tickets(firm: Firm, year: _Year) -> Iterator[tuple[Any, ...]]:
    columns = (x.tolist() for x in (year.joined, year.answered, year.ended, year.branch, year.business, year.staff,
                                    year.reason, year.passed, year.promised))  # fmt: skip
    for (_, case), joined, answered, ended, branch, business, staff, why, passed, promised in zip(
        _ids(len(year.joined)), *columns, strict=True
    ):
        if joined < 0:
            continue
        served = answered >= 0
        result = ("passed" if passed else "rejected") if served else ""
        yield (firm.id, f"t{case}", case, f"b{branch + 1}", _NAMES[business], "done" if served else "abandoned", joined,
               ended, f"w{staff}" if served else None, answered if served else None, int(served), int(served), ended,
               result, "", "{}", answered if served else None, promised if promised >= 0 else None, 0,
               "" if served else _WHY[why])  # fmt: skip


def _rejections(desk: Desk, firm: Firm, year: _Year) -> Iterator[tuple[Any, ...]]:
    codes = [row["code"] for row in load_defaults(demo=True)["reject_reasons"]["reasons"]]
    draw, keys, chance = np.random.default_rng(1), desk.keys.firm(firm.id), _falling(len(codes), 1.0)
    text = {"customer": "样张。", "internal": ""}
    for place in np.flatnonzero((year.submitted >= 0) & (year.rejected > 0)).tolist():
        row, case = f"r{place:07d}", f"h{place:07d}"
        chosen = draw.choice(codes, int(year.rejected[place]), replace=False, p=chance).tolist()
        blob = sealed.seal(keys, RejectionRow.__tablename__, "text_sealed", row, text)
        yield (firm.id, row, case, "review", json.dumps(chosen), "[]", blob, "staff:supervisor",
               int(year.submitted[place]) - _HOUR // 4)  # fmt: skip


def _decisions(desk: Desk, firm: Firm, year: _Year) -> Iterator[tuple[Any, ...]]:
    """An approval for each case that was handed in, before it the rejections; the demo's service never ends."""
    draw, now = np.random.default_rng(2), int(desk.clock().timestamp() * 1000)
    handed_in = np.flatnonzero(year.submitted >= 0)
    sent_back = np.flatnonzero((year.submitted >= 0) & (year.rejected > 0))
    taken = _lognormal(draw, len(handed_in) + len(sent_back), 9.6, 1.1) * 1000
    place = np.concatenate([handed_in, sent_back])
    rejected = np.arange(len(place)) >= len(handed_in)
    decided = np.where(rejected, year.submitted[place] - _HOUR // 4, year.submitted[place] + taken)
    made = decided <= now
    place, rejected, submitted, decided = place[made], rejected[made], (decided - taken)[made], decided[made]
    due, working = promises(day_number(desk.clock()), submitted, decided)
    columns = (x.tolist() for x in (place, rejected, submitted, due, decided, working))
    for case, back, at, promised, done, seconds in zip(*columns, strict=True):
        result = "rejected" if back else "approved"
        yield firm.id, f"e{case:07d}{int(back)}", f"h{case:07d}", result, at, promised, done, seconds


def _reservations(firm: Firm, year: _Year) -> Iterator[tuple[Any, ...]]:
    """Who was answered used it; who left was not called in time; who never joined did not come or cancelled."""
    for place in np.flatnonzero(year.reserved).tolist():
        case, came, served = f"h{place:07d}", int(year.joined[place]), bool(year.answered[place] >= 0)
        moment = came if came >= 0 else int(year.created[place]) + 2 * _HOUR
        late, given_up = place % 12 == 0, place % 3 == 0
        state = "late" if late else "used" if served else "host_no_show"
        if came < 0:
            state = "cancelled" if given_up else "no_show"
        day = day_of((moment + _EAST) // _DAY)
        yield (firm.id, f"v{case}", case, f"phone:{case}", f"b{int(year.branch[place]) + 1}", day.isoformat(),
               *_half_day(day, moment), state, moment if came >= 0 else None, int(year.created[place]), moment,
               "")  # fmt: skip


def _half_day(day: date, moment: int) -> tuple[str, int, int]:
    """Slot, beginning and end (ms) of the half day of a moment."""
    midnight = day_number(day) * _DAY - _EAST
    begins, ends = (9, 12) if (moment - midnight) // _HOUR < 12 else (13, 18)
    return f"{begins:02d}:00", midnight + begins * _HOUR, midnight + ends * _HOUR


def _duty(desk: Desk, firm: Firm, year: _Year, crew: int) -> Iterator[tuple[Any, ...]]:
    """For each witness and hour of a working day: time in calls, wrap-up, a break at noon, the rest available."""
    today, people = day_number(desk.clock()), (int(year.branch.max()) + 1) * crew
    served, first = year.answered >= 0, today - DAYS
    hour = (year.answered[served] + _EAST) // _HOUR - first * 24
    cell = year.staff[served] * (DAYS + 1) * 24 + hour
    seconds = np.bincount(cell, (year.ended - year.answered)[served] / 1000, people * (DAYS + 1) * 24)
    calls = np.bincount(cell, minlength=people * (DAYS + 1) * 24)
    for person in range(people):
        for day in range(first, today):
            if day_of(day).weekday() > 4 or (person + day) % 9 == 0:
                continue
            for clock in _OPEN:
                place = (person * (DAYS + 1) + day - first) * 24 + clock
                busy, wrap = min(2900, int(seconds[place])), min(500, int(calls[place]) * 45)
                start = (day * 24 + clock) * _HOUR - _EAST
                yield from _hour(firm, person, crew, start, busy, wrap, clock == 12)


def _hour(firm: Firm, person: int, crew: int, start: int, busy: int, wrap: int, noon: bool) -> list[tuple[Any, ...]]:
    rest = 3600 - busy - wrap
    parts = (("busy", busy), ("wrap_up", wrap), ("break" if noon else "online", rest))
    rows, branch = [], f"b{person // crew + 1}"
    for status, length in parts:
        if length > 0:
            end = start + length * 1000
            row_id = f"d{person}-{start // 1000}"
            rows.append((firm.id, row_id, f"w{person}", branch, status, "", start, end, end))
            start = end
    return rows


# -- bulk
def _write(database: Database, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    part: list[tuple[Any, ...]] = []
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            _bulk(database, table, columns, part)
            part = []
    _bulk(database, table, columns, part)


def _bulk(database: Database, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """One transaction: COPY on PostgreSQL, a prepared INSERT on SQLite."""
    with database.engine.execution_options(write=True).begin() as connection:
        named = ", ".join(columns)
        plain: Any = _driver(connection)
        if connection.dialect.name == "postgresql":
            with plain.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            plain.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows)


def _driver(connection: Connection) -> object:
    return connection.connection.driver_connection


def analyze(database: Database) -> None:
    """Tell the planner what was written."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
