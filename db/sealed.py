"""Sealed JSON in a column: AES-256-GCM with table, column and row in the AAD, so that no value can be moved."""

from __future__ import annotations

import json
from typing import Any

from core.keys import FirmKeys


def aad(table: str, column: str, row: str) -> bytes:
    """Additional authenticated data of one cell."""
    return f"{table}|{column}|{row}".encode()


def seal(keys: FirmKeys, table: str, column: str, row: str, value: Any) -> bytes:
    """Seal a JSON value for one cell."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return keys.seal(data, aad(table, column, row))


def unseal(keys: FirmKeys, table: str, column: str, row: str, blob: bytes) -> Any:
    """Open a cell; raises `core.keys.Unreadable` when it was changed or moved."""
    return json.loads(keys.open(blob, aad(table, column, row)))
