"""Every kind of firm data with its description; how to add one: describe it in a file here and name it in `KINDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import NotFound
from core.rule_kinds import businesses, calls, knowledge, lists, papers, reporting, suitability, texts, times
from core.rule_kinds.fields import Problem, Scope
from core.rule_kinds.kind import Kind

_SUBJECTS = (times, suitability, knowledge, businesses, calls, texts, lists, papers, reporting)
KINDS: Mapping[str, Kind] = {kind.key: kind for module in _SUBJECTS for kind in module.KINDS}


def find_kind(key: str) -> Kind:
    """The description of a kind; raises `NotFound` for one that nobody described."""
    if key not in KINDS:
        raise NotFound
    return KINDS[key]


def find_problems(key: str, body: Any, others: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with a body, the form first, then the rules between its parts; empty when it may be used.

    `others` are the newest bodies of all kinds (`branches` maps ids to names); the body goes before its own entry.
    """
    kind = find_kind(key)
    around = {**others, key: body}
    found = tuple(kind.shape.problems(body, (), Scope(body, around)))
    return found or tuple(problem for check in kind.checks for problem in check(body, around))
