"""The Recordings port: check a finished recording and make it seekable."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from core.errors import MediaTrouble
from media.recorder import check_recording, make_seekable


class Recordings:
    """Works on whole WebM files in memory (a call of 15 minutes is about 80 MB)."""

    def check(self, webm: bytes) -> tuple[dict[str, Any], bytes | None]:
        """(figures for the evidence row, a seekable copy or None when nothing can be played)."""
        try:
            found = asdict(check_recording(webm))
            playable = make_seekable(webm)
        except MediaTrouble:
            return {"errors": 1, "duration_ms": 0, "flag": "unreadable"}, None
        return {**found, "flag": "damaged" if found["errors"] else ""}, playable

    def sha256(self, data: bytes) -> str:
        """SHA-256 in hex."""
        return hashlib.sha256(data).hexdigest()
