"""What every case use case does first: load the case, its facts and its pinned rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from core.businesses import business
from core.case import Case
from core.flow import Business, Facts, Rules, Step
from core.ports import Desk, Work
from core.records import Firm
from core.rules.calendar import Calendar, local_day

Found = TypeVar("Found")
_bodies: dict[tuple[str, str, int], Any] = {}
"""Versions of firm data never change once stored, so each is read once per process."""
_rules: dict[tuple[str, frozenset[tuple[str, int]]], Rules] = {}
"""Cases that pinned the same versions share their rules; nothing personal is in them."""
_firms: dict[str, tuple[datetime, Firm, dict[str, str]]] = {}
"""Firm and names of its branches, at most a minute old: another process may add a branch."""
_calendars: dict[tuple[str, date, int], tuple[datetime, Calendar]] = {}
CALENDAR_KEPT, CALENDARS, CALENDAR_DAYS = timedelta(minutes=1), 64, 60
MOST_RULES = 256
_kept: dict[tuple[str, str, str], tuple[datetime, Any]] = {}
KEPT = timedelta(minutes=1)
"""How long figures of the past are used before they are read again; they move slowly, and many ask for them."""


@dataclass(frozen=True)
class Loaded:
    """A case with everything its steps may ask."""

    case: Case
    facts: Facts
    rules: Rules
    business: Business
    now: datetime

    @cached_property
    def plan(self) -> tuple[Step, ...]:
        """The steps of this case, in order."""
        return self._of_today("plan", lambda: self.business.plan(self.facts, self.rules, self.now))

    @cached_property
    def done(self) -> Mapping[str, bool]:
        """Step of the plan -> whether nothing is left to do there; asked once, a page needs it several times."""
        return self._of_today("done", self._done)

    def _done(self) -> Mapping[str, bool]:
        return {step.key: step.is_done(self.facts, self.rules, self.now) for step in self.plan}

    def _of_today(self, what: str, work_out: Callable[[], Found]) -> Found:
        """What follows from facts, rules and the day, worked out once for each of them (facts may live for many runs).

        Safe because steps know the clock only as the day in Shanghai; tests/core/test_loading.py holds them to it.
        """
        key = (what, id(self.rules), local_day(self.now))
        if key not in self.facts.memo:
            self.facts.memo[key] = self.rules, work_out()
        found: Found = self.facts.memo[key][1]
        return found

    @property
    def current(self) -> Step | None:
        """The step where the customer stands; None when the case can be submitted."""
        return next((step for step in self.plan if not self.done[step.key]), None)

    def may_enter(self, key: str) -> bool:
        """Whether the plan has the step and every one before it is done (R064)."""
        keys = [step.key for step in self.plan]
        return key in keys and all(self.done[each] for each in keys[: keys.index(key)])


class Kept:
    """What one browser session keeps of the case it looked at last, so that a rerun does not open each seal again.

    Never stale: the facts are taken again only while the row of the case, just read, and the marks of all that is
    stored about it are still the same, so what another tab, process or job wrote is seen by the next run. It belongs
    into the session and nowhere else: answers must not stay in memory longer than their customer is connected.
    """

    _last: tuple[frozenset[tuple[str, bytes | None]], Facts] | None = None

    def facts(self, work: Work, case: Case) -> Facts:
        """The facts of the case as they are stored now."""
        marks = work.cases.marks(case.id)
        if self._last is None or self._last[0] != marks or self._last[1].case != case:
            # The marks were read first: what is written between the two reads makes the next run read again.
            self._last = marks, work.cases.facts(case)
        return self._last[1]


def body_of(work: Work, kind: str, version: int) -> Any:
    """One version of firm data, read once per process; nobody changes what they get."""
    key = (work.firm_id, kind, version)
    if key not in _bodies:
        _bodies[key] = work.firms.data(kind, version)
    return _bodies[key]


def kept_for_a_minute(work: Work, what: str, of: str, read: Callable[[], Found]) -> Found:
    """What `read` gives, at most a minute old, for everybody of the firm; nothing personal may stand in it."""
    key = (work.firm_id, what, of)
    read_at, _ = _kept.get(key, (None, None))
    if read_at is None or not work.now - KEPT < read_at <= work.now:
        _kept[key] = work.now, read()
    value: Found = _kept[key][1]
    return value


def firm_of(desk: Desk, firm_id: str) -> Firm:
    """A firm by its id, read once per process."""
    if firm_id not in _firms:
        with desk.read(firm_id) as work:
            _firm(work)
    return _firms[firm_id][1]


def _firm(work: Work) -> tuple[Firm, dict[str, str]]:
    read_at, firm, branches = _firms.get(work.firm_id, (None, None, None))
    if firm is None or branches is None or read_at is None or not work.now - KEPT < read_at <= work.now:
        firm, now = work.firms.firm(), {branch.id: branch.name for branch in work.firms.branches()}
        if now != branches:
            forget_branches(work.firm_id)
        branches = now
        _firms[work.firm_id] = (work.now, firm, branches)
    return firm, branches


def forget_branches(firm_id: str) -> None:
    """Drop the rules of a firm that name its branches as they were."""
    _firms.pop(firm_id, None)
    for key in [key for key in _rules if key[0] == firm_id]:
        del _rules[key]


def forget_firms() -> None:
    """Drop what is remembered (tests use many databases in one process)."""
    _bodies.clear()
    _rules.clear()
    _calendars.clear()
    _firms.clear()
    _kept.clear()


def rules_for(work: Work, versions: Mapping[str, int] | None = None) -> Rules:
    """Firm data in the given versions (or those in effect), with the firm's name and branches beside it.

    A kind that did not exist when a case pinned its versions is read in its first one; `Rules.versions` names the
    pinned ones only, so that a step can tell.
    """
    wanted = dict(versions or work.firms.current_versions())
    _firm(work)
    key = (work.firm_id, frozenset(wanted.items()))
    if key not in _rules:
        if len(_rules) >= MOST_RULES:
            _rules.clear()
        _rules[key] = _read_rules(work, wanted, _with_first_versions(work, wanted) if versions else wanted)
    return _rules[key]


def _with_first_versions(work: Work, pinned: dict[str, int]) -> dict[str, int]:
    """Pinned versions, and the first one of each kind that did not exist when they were pinned."""
    return {**dict.fromkeys(work.firms.current_versions(), 1), **pinned}


def _read_rules(work: Work, pinned: Mapping[str, int], versions: Mapping[str, int]) -> Rules:
    firm, branches = _firm(work)
    data = {kind: body_of(work, kind, version) for kind, version in versions.items()}
    data |= {
        "firm": {"name": firm.name, "hotline": firm.hotline, "number": firm.number, "demo": firm.demo},
        "branches": branches,
    }
    return Rules(data, pinned)


def load(work: Work, case_id: str) -> Loaded:
    """The case with facts and pinned rules; raises `NotFound`."""
    return load_case(work, work.cases.get(case_id))


def load_case(work: Work, case: Case, kept: Kept | None = None) -> Loaded:
    """Facts and rules of a case that was read in this transaction; with `kept` unchanged facts are not read again."""
    facts = kept.facts(work, case) if kept else work.cases.facts(case)
    return Loaded(case, facts, rules_for(work, case.rules), business(case.business), work.now)


def settle(work: Work, case: Case) -> Case:
    """Rebuild the current-step column for lists and charts after a change in this transaction."""
    loaded = load_case(work, case)
    step = loaded.current
    key = step.key if step else "submit"
    if key == case.current_step:
        return case
    return work.cases.change(case, current_step=key)


def calendar_now(desk: Desk, firm_id: str, now: datetime) -> Calendar:
    """The firm's calendar around today, for a page; the database is asked only when none is at hand."""
    read_at, kept = _calendars.get((firm_id, local_day(now), CALENDAR_DAYS), (None, None))
    if kept is not None and read_at is not None and now - CALENDAR_KEPT < read_at <= now:
        return kept
    with desk.read(firm_id) as work:
        return calendar_around(work)


def calendar_around(work: Work, day: date | None = None, days: int = CALENDAR_DAYS) -> Calendar:
    """The firm's calendar from a month before the day to `days` after it, as it stood at most a minute ago."""
    middle = day or local_day(work.now)
    key = (work.firm_id, middle, days)
    read_at, kept = _calendars.get(key, (None, None))
    if kept is None or read_at is None or not work.now - CALENDAR_KEPT < read_at <= work.now:
        if len(_calendars) >= CALENDARS:
            _calendars.clear()
        kept = fresh_calendar(work, middle, days)
        _calendars[key] = (work.now, kept)
    return kept


def fresh_calendar(work: Work, middle: date, days: int = 60) -> Calendar:
    """The firm's calendar from a month before the day to `days` after it, as it stands in this transaction."""
    return Calendar(work.firms.days(middle - timedelta(days=31), middle + timedelta(days=days)))
