"""保存与删除: the classes and their times, legal holds, and the certificates of deletions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.actor import Actor
from core.permissions import Permission, allow
from core.ports import Desk
from core.records_retention import Erasure, LegalHold
from core.rules.retention import FOR_STAFF
from core.usecases.loading import rules_for

SHOWN = 500
"""Certificates on the page, the newest first."""


@dataclass(frozen=True)
class KeptClass:
    """One class of records; `by_hand` is kept outside this system and deleted by whoever keeps it."""

    title: str
    keep: Mapping[str, int]
    begins: str
    basis: str
    by_hand: bool


@dataclass(frozen=True)
class Keeping:
    """Everything the page shows; `names` maps actors to names of staff, `about_holds` is the firm's text."""

    classes: tuple[KeptClass, ...]
    titles: Mapping[str, str]
    about_holds: str
    holds: tuple[LegalHold, ...]
    erasures: tuple[Erasure, ...]
    names: Mapping[str, str]


def read_retention(desk: Desk, actor: Actor) -> Keeping:
    """What is kept for how long, what is held, and what was deleted."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RETENTION_MANAGE)
        body = rules_for(work)["retention"]
        rows: list[Mapping[str, Any]] = body["classes"]
        return Keeping(
            tuple(KeptClass(r["title"], r["keep"], r["from"], r["basis"], r["key"] in FOR_STAFF) for r in rows),
            {str(row["key"]): str(row["title"]) for row in rows},
            str(body["legal_hold"]),
            tuple(work.retention.holds()),
            tuple(work.retention.erasures(SHOWN)),
            {f"staff:{member.id}": member.name for member in work.people.all_staff()},
        )
