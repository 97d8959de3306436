"""The Recordings port: check a finished recording against its index, and make it seekable."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from core.errors import MediaTrouble
from media.recorder import check_recording, make_seekable
from media.recording_index import verify_index


class Recordings:
    """Works on whole WebM files in memory (a call of 15 minutes is about 80 MB)."""

    def check(self, webm: bytes, index: bytes | None = None) -> tuple[dict[str, Any], bytes | None]:
        """(figures for the evidence row, a seekable copy or None when nothing can be played).

        `flag` is empty, or says what is wrong: unreadable, damaged (does not decode), chain (not what the index
        noted).
        """
        try:
            found = asdict(check_recording(webm))
            playable = make_seekable(webm)
        except MediaTrouble:
            return {"errors": 1, "duration_ms": 0, "flag": "unreadable"}, None
        chain = {} if index is None else _chain(webm, index)
        flag = "damaged" if found["errors"] else "" if chain.get("chain", True) else "chain"
        return {**found, **chain, "flag": flag}, playable

    def sha256(self, data: bytes) -> str:
        """SHA-256 in hex."""
        return hashlib.sha256(data).hexdigest()


def _chain(webm: bytes, index: bytes) -> dict[str, Any]:
    """`chain` whether the index fits, with what it says about beginning, number of frames and an orderly end."""
    try:
        check = verify_index(webm, index)
    except MediaTrouble:
        return {"chain": False}
    return {"chain": check.whole, "began": check.began, "indexed": check.frames, "ended": check.ended}
