"""Exported heads of the audit chain: what is kept outside the database, so that a chain cut at its end is found.

A head names the newest row of a firm's chain at a moment. Its line of JSON carries an HMAC under the firm's key,
so that nobody without the key can write one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.audit import Mac
from core.records import AuditEntry

_PURPOSE = "audit-head"


@dataclass(frozen=True)
class AuditHead:
    """Number of the firm, sequence number and MAC of its newest row (0 and empty before the first), and when."""

    firm_number: str
    seq: int
    mac: bytes
    at: datetime


@dataclass(frozen=True)
class HeadCheck:
    """`count` lines were compared; `contradicted_at` is the lowest row that a head knows and the chain has not so.

    `unreadable` counts lines that are torn, or not signed with the firm's key.
    """

    count: int
    contradicted_at: int | None
    unreadable: int

    @property
    def whole(self) -> bool:
        """Whether every line is signed and agrees with the chain."""
        return self.contradicted_at is None and not self.unreadable


def _body(head: AuditHead) -> dict[str, object]:
    return {"firm": head.firm_number, "seq": head.seq, "mac": head.mac.hex(), "at": head.at.isoformat()}


def _signature(mac: Mac, head: AuditHead) -> str:
    return mac(_PURPOSE, json.dumps(_body(head), sort_keys=True, separators=(",", ":")).encode()).hex()


def write_line(mac: Mac, head: AuditHead) -> str:
    """One line of JSON without its line end, signed."""
    return json.dumps({**_body(head), "signature": _signature(mac, head)}, separators=(",", ":"))


def read_line(mac: Mac, line: str) -> AuditHead | None:
    """The head in a line; None when it is torn, or was not signed with this firm's key."""
    try:
        body = json.loads(line)
        at = datetime.fromisoformat(body["at"])
        head = AuditHead(str(body["firm"]), int(body["seq"]), bytes.fromhex(body["mac"]), at)
        good = hmac.compare_digest(_signature(mac, head), str(body["signature"]))
    except (ValueError, TypeError, KeyError):
        return None
    return head if good else None


def compare(mac: Mac, firm_number: str, lines: Iterable[str], entries: Sequence[AuditEntry]) -> HeadCheck:
    """Hold the exported heads of a firm against its chain (in order, from row 1)."""
    heads = [read_line(mac, line) for line in lines]
    macs = {0: b""} | {entry.seq: entry.mac for entry in entries}
    good = [head for head in heads if head is not None and head.firm_number == firm_number]
    wrong = [head.seq for head in good if macs.get(head.seq) != head.mac]
    return HeadCheck(len(heads), min(wrong, default=None), len(heads) - len(good))
