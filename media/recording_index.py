"""The index beside a recording: when each frame was taken and a chain over all of them, written while it runs.

Text, so that an expert can check it without this program. The first line says what was recorded, as JSON; then one
line for each frame as it was written into the recording, with tabs between:

    milliseconds since `began` | v or a | K for a key picture, else - | bytes of the frame | chain, hex

The chain begins with SHA-256(first line). Each further link is SHA-256(link before as 32 bytes + the line up to the
number of bytes + the frame), so neither a frame nor its time can be changed, moved or left out.
The last line is `end`, the number of frames and the last link; it is missing when the process died.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import MediaTrouble
from media.hub import Kind
from media.webm import SinkFile, packets, reading

LETTERS = {Kind.VIDEO: "v", Kind.AUDIO: "a"}
KINDS = {letter: kind for kind, letter in LETTERS.items()}
LINE = re.compile(r"(?P<facts>(?P<moment>\d+)\t(?P<kind>[va])\t(?P<key>[K-])\t\d+)\t(?P<chain>[0-9a-f]{64})")
TIME_MS = 20
"""WebM keeps whole milliseconds, and those of sound from the start of its own delay."""
UNFINISHED_FRAMES = 300
"""What file and index of a process that died may differ by at their ends: two seconds of picture and sound."""


@dataclass(frozen=True)
class IndexHead:
    """What a recording is of."""

    case_number: str
    ticket: str
    role: str


@dataclass(frozen=True)
class IndexCheck:
    """How index and recording agree. `agreed` frames from the start fit; `broken_at` is the first that does not.

    `ended` says that both were closed in order; without it the process died and a short end may be missing.
    """

    began: str
    frames: int
    agreed: int
    ended: bool
    broken_at: int | None

    @property
    def whole(self) -> bool:
        """Whether the recording is what was written, up to the end or up to the death of the process."""
        return self.broken_at is None


class IndexWriter:
    """Writes the index; `begin` once, then `add` for each frame, on the event loop of the connections."""

    def __init__(self, sink_file: SinkFile, head: IndexHead) -> None:
        self._sink_file = sink_file
        self._head = head
        self._chain = b""
        self._frames = 0

    def begin(self, began: datetime) -> None:
        """Write the head; `began` is when the first frame was taken."""
        head = {**asdict(self._head), "began": began.astimezone(UTC).isoformat(timespec="milliseconds")}
        line = json.dumps(head, ensure_ascii=False)
        self._chain = hashlib.sha256(line.encode()).digest()
        self._sink_file.write(f"{line}\n".encode())

    def add(self, kind: Kind, data: bytes, moment: int, is_key: bool) -> None:
        """Note one frame at `moment` (ms since the beginning)."""
        facts = _facts(kind, data, moment, is_key)
        self._chain = _link(self._chain, facts, data)
        self._frames += 1
        self._sink_file.write(f"{facts}\t{self._chain.hex()}\n".encode())

    def close(self) -> None:
        """Write the end, if there was a beginning, and close the file."""
        if self._chain:
            self._sink_file.write(f"end\t{self._frames}\t{self._chain.hex()}\n".encode())
        self._sink_file.close()


def _facts(kind: Kind, data: bytes, moment: int, is_key: bool) -> str:
    return f"{moment}\t{LETTERS[kind]}\t{'K' if is_key and kind is Kind.VIDEO else '-'}\t{len(data)}"


def _link(chain: bytes, facts: str, data: bytes) -> bytes:
    return hashlib.sha256(chain + facts.encode() + data).digest()


def verify_index(webm: bytes, index: bytes) -> IndexCheck:
    """Hold every frame of a recording (the original file) against its index.

    Raises `MediaTrouble` when either cannot be read at all.
    """
    lines = index.decode("utf-8", "replace").split("\n")
    whole_lines, began = lines[1:-1], _began(lines[0])
    ended = bool(whole_lines) and whole_lines[-1].startswith("end\t")
    noted = whole_lines[:-1] if ended else whole_lines
    with reading(webm) as source:
        walk = _Walk(packets(source), hashlib.sha256(lines[0].encode()).digest())
        agreed = sum(1 for _ in walk.agreeing(noted))
        left = walk.left()
    missing = len(noted) - agreed
    if ended:
        broken = missing > 0 or left > 0 or whole_lines[-1] != f"end\t{agreed}\t{walk.chain.hex()}"
    else:
        broken = walk.differs or max(missing, left) > UNFINISHED_FRAMES
    return IndexCheck(began, len(noted), agreed, ended, agreed if broken else None)


def _began(line: str) -> str:
    try:
        return str(json.loads(line)["began"])
    except (ValueError, KeyError, TypeError):
        raise MediaTrouble("录像的时间索引无法读取，请联系管理员。") from None


class _Walk:
    """Goes through index and recording side by side; the file mixes picture and sound in an order of its own."""

    def __init__(self, source: Iterator[Any], chain: bytes) -> None:
        self.chain = chain
        self.differs = False
        self._source = source
        self._waiting: dict[str, list[Any]] = {kind: [] for kind in Kind}

    def agreeing(self, lines: list[str]) -> Iterator[str]:
        """The lines whose frame is in the recording as noted, until one is not."""
        for line in lines:
            found = LINE.fullmatch(line)
            packet = self._next(KINDS[found["kind"]]) if found else None
            if found and packet is None:
                return
            if not found or not self._fits(packet, found):
                self.differs = True
                return
            yield line

    def left(self) -> int:
        """Frames of the recording that no line named."""
        return sum(map(len, self._waiting.values())) + sum(1 for _ in self._source)

    def _next(self, kind: Kind) -> Any:
        while not self._waiting[kind]:
            packet = next(self._source, None)
            if packet is None:
                return None
            self._waiting[packet.stream.type].append(packet)
        return self._waiting[kind].pop(0)

    def _fits(self, packet: Any, line: re.Match[str]) -> bool:
        self.chain = _link(self.chain, line["facts"], bytes(packet))
        placed = float(packet.pts * packet.time_base) * 1000
        right_key = packet.stream.type == Kind.AUDIO or packet.is_keyframe == (line["key"] == "K")
        return self.chain.hex() == line["chain"] and right_key and abs(placed - int(line["moment"])) <= TIME_MS
