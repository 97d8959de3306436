"""The whole set of rules as one file: canonical JSON, so that the same rules are the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.rule_kinds import KINDS, find_problems
from core.rule_kinds.fields import Problem

FORMAT = "jianzheng-rules"
VERSION = 1
_HOURS = "service_hours"
"""The one kind that names branches."""
LARGEST = 4 * 1024 * 1024
"""Bytes of a file that is still read."""


def write_rules(bodies: Mapping[str, Any]) -> bytes:
    """The described kinds, sorted, without what belongs to one firm (versions, dates; branches go by their names)."""
    kinds = {kind: bodies[kind] for kind in sorted(KINDS) if kind in bodies}
    kinds[_HOURS] = _renamed(kinds[_HOURS], bodies.get("branches", {}))
    whole = {"format": FORMAT, "version": VERSION, "kinds": kinds}
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def read_rules(data: bytes, branches: Mapping[str, str]) -> tuple[Mapping[str, Any], dict[str, tuple[Problem, ...]]]:
    """Bodies by kind, and what is wrong, by kind (empty name: the file itself); nothing is taken from a wrong file.

    `branches` are those of the firm that reads it, id -> name; hours of a branch it does not have are a problem.
    """
    try:
        whole = json.loads(data) if len(data) <= LARGEST else None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        whole = None
    if not isinstance(whole, dict) or (whole.get("format"), whole.get("version")) != (FORMAT, VERSION):
        return {}, {"": (Problem((), "这不是本系统导出的规则文件，或文件已损坏。"),)}
    kinds = whole.get("kinds")
    if not isinstance(kinds, dict) or not kinds.keys() <= KINDS.keys():
        return {}, {"": (Problem((), "文件中有本系统不认识的规则，请确认两边的版本一致。"),)}
    if _HOURS in kinds:
        kinds[_HOURS] = _renamed(kinds[_HOURS], {name: key for key, name in branches.items()})
    found = {kind: find_problems(kind, body, {"branches": branches, **kinds}) for kind, body in sorted(kinds.items())}
    return kinds, {kind: problems for kind, problems in found.items() if problems}


def _renamed(hours: Any, names: Mapping[str, str]) -> Any:
    """Service hours with other names of the branches; a name that is not known stays, and so does a wrong body."""
    own = hours.get("branches") if isinstance(hours, Mapping) else None
    rows = hours.get("exceptions") if isinstance(hours, Mapping) else None
    if not isinstance(own, Mapping) or not isinstance(rows, list):
        return hours
    branches = {names.get(branch, branch): each for branch, each in own.items()}
    return {**hours, "branches": branches, "exceptions": [_row_renamed(row, names) for row in rows]}


def _row_renamed(row: Any, names: Mapping[str, str]) -> Any:
    branch = row.get("branch") if isinstance(row, Mapping) else None
    return {**row, "branch": names.get(branch, branch)} if isinstance(branch, str) and branch else row
