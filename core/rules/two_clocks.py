"""Two clocks of a case: how long the customer waited for the firm, how long the customer took; from stored times.

The firm's clock runs in service hours of trading days, as its promise does (R173); a wait in the video queue runs as
it was. The customer's clock is elapsed time without these waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from core.case import OPEN_STATES, WITH_CUSTOMER, State
from core.rules.calendar import Calendar
from core.rules.service_hours import ServiceHours, working_time


@dataclass(frozen=True)
class Stay:
    """A case stood in a state from then until then (the last one: until now)."""

    state: State
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class QueueTime:
    """One place in the video queue: joined, answered (None: never), ended (None: still there)."""

    joined: datetime
    answered: datetime | None
    ended: datetime | None


@dataclass(frozen=True)
class Clocks:
    """`waited`: the customer for the firm; thereof `worked`: somebody of the firm was at it. `took`: the customer."""

    waited: timedelta
    worked: timedelta
    took: timedelta


def stays_of(changes: Sequence[tuple[State, datetime]], now: datetime) -> tuple[Stay, ...]:
    """The intervals between changes of state, oldest first; closed states have none."""
    ends = [*changes, (State.DONE, now)]
    return tuple(
        Stay(state, begins, max(begins, until))
        for (state, begins), (_, until) in pairwise(ends)
        if state in OPEN_STATES
    )  # fmt: skip


def clocks_of(
    stays: Sequence[Stay], queue: Sequence[QueueTime], hours: ServiceHours, calendar: Calendar, now: datetime
) -> Clocks:
    """Both clocks until now."""
    zero = timedelta()
    queued = sum(((each.answered or each.ended or now) - each.joined for each in queue), zero)
    called = sum(((each.ended or now) - each.answered for each in queue if each.answered), zero)
    at_firm = [stay for stay in stays if stay.state not in WITH_CUSTOMER]
    waited = sum((working_time(stay.begins, stay.ends, hours, calendar) for stay in at_firm), zero)
    reviewed = sum((stay.ends - stay.begins for stay in at_firm if stay.state is State.IN_REVIEW), zero)
    with_customer = sum((stay.ends - stay.begins for stay in stays if stay.state in WITH_CUSTOMER), zero)
    took = max(zero, with_customer - queued - called)
    return Clocks(waited + queued + called, reviewed + called, took)
