"""Records of what is kept for how long: legal holds, and the certificate of each deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LegalHold:
    """法定保全: while it stands nothing of the case is deleted."""

    id: str
    case_id: str
    number: str
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True)
class Erased:
    """What of a case was deleted: rows of the database, and the files that no row names any more."""

    rows: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class Erasure:
    """The certificate of a deletion; it holds nothing of what was deleted. `kept_as` is a class of `retention`."""

    case_id: str
    number: str
    business: str
    kept_as: str
    rows: int
    files: int
    erased_by: str
    erased_at: datetime
