"""The whole set of rules as one file: canonical JSON, so that the same rules are the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.rule_kinds import KINDS, find_problems
from core.rule_kinds.fields import Problem

FORMAT = "jianzheng-rules"
VERSION = 1
LARGEST = 4 * 1024 * 1024
"""Bytes of a file that is still read."""


def write_rules(bodies: Mapping[str, Any]) -> bytes:
    """The described kinds, sorted, without anything that belongs to one firm (names, branches, versions, dates)."""
    kinds = {kind: bodies[kind] for kind in sorted(KINDS) if kind in bodies}
    whole = {"format": FORMAT, "version": VERSION, "kinds": kinds}
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def read_rules(data: bytes) -> tuple[Mapping[str, Any], dict[str, tuple[Problem, ...]]]:
    """Bodies by kind, and what is wrong, by kind (empty name: the file itself); nothing is taken from a wrong file."""
    try:
        whole = json.loads(data) if len(data) <= LARGEST else None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        whole = None
    if not isinstance(whole, dict) or (whole.get("format"), whole.get("version")) != (FORMAT, VERSION):
        return {}, {"": (Problem((), "这不是本系统导出的规则文件，或文件已损坏。"),)}
    kinds = whole.get("kinds")
    if not isinstance(kinds, dict) or not kinds.keys() <= KINDS.keys():
        return {}, {"": (Problem((), "文件中有本系统不认识的规则，请确认两边的版本一致。"),)}
    found = {kind: find_problems(kind, body, {"branches": {}, **kinds}) for kind, body in sorted(kinds.items())}
    return kinds, {kind: problems for kind, problems in found.items() if problems}
