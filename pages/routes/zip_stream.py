"""ZIP files that are made while they are sent."""

from __future__ import annotations

import io
from datetime import datetime
from zipfile import ZipInfo

from core.rules.calendar import SHANGHAI


class Pipe(io.RawIOBase):
    """Takes what a ZIP writes and hands it on."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = bytes(self._held)
        self._held.clear()
        return found


def entry(name: str, moment: datetime) -> ZipInfo:
    """A file within a ZIP, with the time in Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return ZipInfo(name, (local.year, local.month, local.day, local.hour, local.minute, local.second))
