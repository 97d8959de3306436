"""How use cases are called in the table of who may do what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.actor import Actor
from tests.core.access_worlds import World
from tests.desk_bench import Bench

Call = Callable[[World, Actor], Any]


def of_case(use_case: Callable[..., Any], *rest: Any, **named: Any) -> Call:
    """A use case that is given the case first."""
    return lambda w, a: use_case(w.desk, a, w.case, *rest, **named)


def of_call(use_case: Callable[..., Any], *rest: Any, **named: Any) -> Call:
    """A use case that is given ticket and fence first."""
    return lambda w, a: use_case(w.desk, a, *w.call, *rest, **named)


def of_ticket(use_case: Callable[..., Any], *rest: Any) -> Call:
    return lambda w, a: use_case(w.desk, a, w.walk.ticket, *rest)


def plain(use_case: Callable[..., Any], *rest: Any, **named: Any) -> Call:
    return lambda w, a: use_case(w.desk, a, *rest, **named)


Row = tuple[Callable[..., Any], Callable[[Bench], World], str, Call]
