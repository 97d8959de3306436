"""A firm that was founded by an older release gets what it lacks: kinds of firm data, texts and thresholds.

What the firm has set is never changed. Runs at every start, right after the migrations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.defaults import load_defaults
from core.errors import Stale
from core.ports import Desk, Work

MERGED = ("business_rules", "notices", "sms_texts", "thresholds")
"""Kinds whose entries are asked for by name: a new release brings names that an older version does not have."""


def complete_firm(desk: Desk, firm_id: str) -> tuple[str, ...]:
    """Store the default of each kind that is not there, and a new version where names are missing; which kinds.

    Nothing is written when nothing is missing, or when another process that starts at the same time was first.
    """
    with desk.read(firm_id) as work:
        if not _missing(work):
            return ()
    try:
        with desk.write(firm_id) as work:
            added = _missing(work)
            for kind, (version, body) in added.items():
                work.firms.add_data(kind, version, body, work.now, "system")
            if added:
                work.audit(system(firm_id), Tag.SYSTEM_FIRM_COMPLETE, f"firm:{firm_id}", kinds=sorted(added))
            return tuple(sorted(added))
    except Stale:
        return ()


def _missing(work: Work) -> dict[str, tuple[int, Any]]:
    """Kind -> the version to add and its body."""
    known, defaults = work.firms.current_versions(), load_defaults(demo=work.firms.firm().demo)
    found = {kind: (1, body) for kind, body in defaults.items() if kind not in known}
    for kind in MERGED:
        if kind in known:
            own = work.firms.data(kind, known[kind])
            whole = with_missing(own, defaults[kind])
            if whole != own:
                found[kind] = known[kind] + 1, whole
    return {kind: row for kind, row in found.items() if not _stored(work, kind, row[0])}


def _stored(work: Work, kind: str, version: int) -> bool:
    """Whether the firm has planned that version for later: then it is the firm's, and completed once in effect."""
    try:
        work.firms.data(kind, version)
    except KeyError:
        return False
    return True


def with_missing(own: Mapping[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    """`own` with the names of `default` that it lacks, at any depth; lists and values are the firm's."""
    both = own.keys() & default.keys()
    deeper = {name: with_missing(own[name], default[name]) for name in both if _named(own[name], default[name])}
    return {**default, **own, **deeper}


def _named(*values: Any) -> bool:
    return all(isinstance(value, Mapping) for value in values)
