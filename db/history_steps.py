"""Where the cases of the invented year stood at their end, and what they were begun with."""

from __future__ import annotations

import json

from core.businesses import BUSINESSES

_NAMES = tuple(BUSINESSES)
CLEAR = tuple(json.dumps({"device": device}) for device in ("phone", "tablet", "computer"))
RULES = tuple(json.dumps({"questionnaire": version}) for version in (1, 2))
"""Stored text of the clear facts and of the pinned rules: the questionnaire changed in the middle of the year."""


def step_of(business: int, part: float, handed_in: bool, joined: bool) -> str:
    """Before the witness for a case that never joined the queue, else at the witness or later.

    `part` (0 to 1) says how far of the way from there.
    """
    if handed_in:
        return "submit"
    keys = [step.key for step in BUSINESSES[_NAMES[business]].steps]
    witness = keys.index("witness")
    reach = keys[witness:] if joined else keys[:witness]
    return reach[int(part * part * len(reach)) if joined else int(part * len(reach))]
