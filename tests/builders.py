"""Fixed people, and `case_at`: a case at any step or state, reached through the real use cases.

The way there is walked once per run and kind of database and kept as a snapshot; see `tests.desk_bench`.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

from tests.desk_bench import Bench, as_json
from tests.forms import CONSENTS, DEVICE_READY, PROFILE
from tests.walk import LI, ZHANG, Person, Walk, sign_in

__all__ = ["CONSENTS", "DEVICE_READY", "LI", "MILESTONES", "PROFILE", "ZHANG", "Person", "Walk", "case_at", "sign_in"]

MILESTONES = (
    "device", "photos", "profile", "bank", "suitability", "exchanges", "agreements", "witness", "in_call",
    "certificate", "sign", "prepared", "follow_up", "submitted", "in_review", "callback", "active",
)  # fmt: skip
"""Steps by their key (the case stands there), `in_call` (a witness holds the call), `prepared` (the documents wait for
their signatures), then states."""


def case_at(bench: Bench, place: str, **options: Any) -> Walk:
    """A case at one of `MILESTONES`; options are fields of `Walk`: `person`, `firm`, `level`, `chosen`, `profile` …"""
    if bench.lineage is None:
        return _walk_on(bench, Walk(**options), place)
    key = as_json([bench.backend.kind, bench.light, *bench.lineage, place, options])
    before = bench.lineage
    kept = bench.load(key)
    walk = pickle.loads(bytes.fromhex(kept)) if kept else _made(bench, key, place, options)
    bench.lineage = (*before, as_json([place, options]))
    return walk


def _made(bench: Bench, key: str, place: str, options: Mapping[str, Any]) -> Walk:
    """Walk from the milestone before, and keep where it led."""
    at = MILESTONES.index(place)
    walk = case_at(bench, MILESTONES[at - 1], **options) if at else Walk(**options)
    walk.go_on(bench, MILESTONES[at - 1]) if at else walk.start(bench)
    bench.save(key, pickle.dumps(walk).hex())
    return walk


def _walk_on(bench: Bench, walk: Walk, place: str) -> Walk:
    """Walk without snapshots."""
    walk.start(bench)
    for milestone in MILESTONES[: MILESTONES.index(place)]:
        walk.go_on(bench, milestone)
    return walk
