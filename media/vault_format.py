"""The form of a vault file: chunks, seek table, one writer, one reader. Described in `media.vault`.

Keys stay in `media.vault`; here a `Cipher` seals and opens one record of one file.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol

from core.errors import DeskError, MediaTrouble
from core.keys import KEY_BYTES, SEALED_EXTRA, TAG_BYTES, Unreadable
from media.storage import Appender

CHUNK = 65_536
"""Most plain bytes in one record."""
FLUSH_EVERY_S = 1.0
MAGIC = b"JZV1"
HEADER = len(MAGIC) + SEALED_EXTRA + KEY_BYTES
RECORD_EXTRA = 4 + TAG_BYTES
"""Bytes that a record is longer than its chunk."""
_LAST = 1 << 31
_COUNT = 4


class Cipher(Protocol):
    """Seals and opens the records of one file."""

    file_id: str

    def seal(self, index: int, data: bytes, *, last: bool) -> bytes:
        """Return ciphertext and tag, bound to the file, the index and the flag."""

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        """Return what was sealed. Raises Unreadable."""


@dataclass(frozen=True)
class StoredFile:
    """A closed file: size in bytes and SHA-256 (hex) of the plain content."""

    file_id: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """What the last record says: the file, and the plain size of each chunk in bytes."""

    stored: StoredFile
    sizes: tuple[int, ...]

    @property
    def file_size(self) -> int:
        """Size of the whole file on disk."""
        count = len(self.sizes)
        return HEADER + sum(self.sizes) + count * RECORD_EXTRA + end_size(count)

    def end(self, cipher: Cipher) -> bytes:
        """Return the last record and the trailer; always the same bytes for the same chunks."""
        count = len(self.sizes)
        plain = struct.pack(f">Q32s{count}I", self.stored.size, bytes.fromhex(self.stored.sha256), *self.sizes)
        return record(cipher, count, plain, last=True) + count.to_bytes(_COUNT, "big")


Load = Callable[[int, int], bytes]
"""Reads a range of the file on disk: offset and length in bytes; shorter at its end."""


def record(cipher: Cipher, index: int, data: bytes, *, last: bool = False) -> bytes:
    """Return one record as it lies on disk."""
    sealed = cipher.seal(index, data, last=last)
    return (len(sealed) | (_LAST if last else 0)).to_bytes(4, "big") + sealed


def _unseal(cipher: Cipher, index: int, found: bytes, *, last: bool = False) -> bytes:
    """Open a whole record. Raises Unreadable also when only its length was changed."""
    if int.from_bytes(found[:4], "big") != (len(found) - 4 | (_LAST if last else 0)):
        raise Unreadable
    return cipher.open(index, found[4:], last=last)


def end_size(count: int) -> int:
    """Bytes of the last record and the trailer of a file of `count` chunks."""
    return RECORD_EXTRA + 40 + 4 * count + _COUNT


def read_table(load: Load, cipher: Cipher, file_size: int) -> Table:
    """Read the end of a finished file. Raises Unreadable when it or the size of the file is not as written."""
    count = int.from_bytes(load(file_size - _COUNT, _COUNT), "big")
    start = file_size - end_size(count)
    if start < HEADER:
        raise Unreadable
    plain = _unseal(cipher, count, load(start, end_size(count))[:-_COUNT], last=True)
    size, digest, *sizes = struct.unpack(f">Q32s{count}I", plain)
    table = Table(StoredFile(cipher.file_id, size, digest.hex()), tuple(sizes))
    if table.file_size != file_size:
        raise Unreadable
    return table


def scan(load: Load, cipher: Cipher) -> Table:
    """Read an unfinished file from its beginning to its last whole and true chunk, checking each."""
    digest, sizes, at = hashlib.sha256(), list[int](), HEADER
    while True:
        found = load(at, CHUNK + RECORD_EXTRA)
        length = int.from_bytes(found[:4], "big")
        if not TAG_BYTES < length <= min(CHUNK + TAG_BYTES, len(found) - 4):
            break
        try:
            plain = cipher.open(len(sizes), found[4 : 4 + length], last=False)
        except Unreadable:
            break
        digest.update(plain)
        sizes.append(len(plain))
        at += 4 + length
    return Table(StoredFile(cipher.file_id, sum(sizes), digest.hexdigest()), tuple(sizes))


class VaultWriter:
    """Grows one file. For one thread at a time; usable as the target of a muxer that does not seek."""

    def __init__(
        self, appender: Appender, cipher: Cipher, discard: Callable[[], None], monotonic: Callable[[], float]
    ) -> None:
        self.file_id = cipher.file_id
        self._appender: Appender | None = appender
        self._cipher = cipher
        self._discard = discard
        self._monotonic = monotonic
        self._flushed = monotonic()
        self._pending = bytearray()
        self._sizes: list[int] = []
        self._digest = hashlib.sha256()

    def begin(self, header: bytes) -> None:
        """Write the header; the vault calls it once. A file that fails here is thrown away."""
        try:
            self._append(header)
        except DeskError:
            self._discard()
            raise

    def write(self, data: bytes) -> int:
        """Add bytes and return their number. Whole chunks, and after a second everything, reach the disk.

        Raises MediaTrouble when the storage fails; the writer is then of no more use, what it flushed stays.
        """
        self._digest.update(data)
        rest = memoryview(data)
        while rest:
            take = CHUNK - len(self._pending)
            self._pending += rest[:take]
            rest = rest[take:]
            if len(self._pending) == CHUNK:
                self._put_chunk()
        if self._monotonic() - self._flushed >= FLUSH_EVERY_S:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Seal what is pending and hand it to the system. Call it each second while nothing is written."""
        if self._pending:
            self._put_chunk()
        self._flushed = self._monotonic()

    def close(self) -> StoredFile:
        """Write the end, make the file durable and publish it. Waits for the disk."""
        self.flush()
        stored = StoredFile(self.file_id, sum(self._sizes), self._digest.hexdigest())
        self._append(Table(stored, tuple(self._sizes)).end(self._cipher))
        self._finish(self._used().close)
        return stored

    def abort(self) -> None:
        """Throw the file away, closed or not."""
        self.leave()
        self._discard()

    def leave(self) -> None:
        """Stop without an end: what was flushed stays as an unfinished file, to be read or recovered."""
        if self._appender is not None:
            self._finish(self._appender.leave)

    def _put_chunk(self) -> None:
        self._append(record(self._cipher, len(self._sizes), bytes(self._pending)))
        self._sizes.append(len(self._pending))
        self._pending.clear()

    def _append(self, data: bytes) -> None:
        """A failed write ends the writer: trying again would seal other bytes under the same nonce."""
        try:
            self._used().append(data)
        except DeskError:
            self.leave()
            raise

    def _used(self) -> Appender:
        if self._appender is None:
            raise MediaTrouble("文件已停止写入，请重新开始。")
        return self._appender

    def _finish(self, how: Callable[[], None]) -> None:
        self._appender = None
        how()


class VaultReader:
    """Random access to one file. Holds no open handle and may be shared between threads."""

    def __init__(self, load: Load, cipher: Cipher, table: Table, *, complete: bool) -> None:
        self.stored = table.stored
        self.complete = complete
        self._load = load
        self._cipher = cipher
        self._starts = tuple(accumulate(table.sizes, initial=0))

    @property
    def size(self) -> int:
        """Plain bytes that can be read."""
        return self.stored.size

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`, fewer at the end. Raises Unreadable for a changed chunk."""
        return b"".join(self.chunks(offset, length))

    def chunks(self, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range piece by piece (64 KiB at most), to send it without holding it."""
        end = self.size if length is None else min(self.size, offset + length)
        index = bisect_right(self._starts, offset) - 1
        while offset < end:
            start = self._starts[index]
            yield self._chunk(index)[offset - start : end - start]
            index += 1
            offset = self._starts[index]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the whole content piece by piece."""
        return self.chunks()

    def stream(self) -> io.BufferedReader:
        """Return a seekable file object, for decoders that want one."""
        return io.BufferedReader(_Stream(self), CHUNK)

    def _chunk(self, index: int) -> bytes:
        start, size = self._starts[index], self._starts[index + 1] - self._starts[index]
        found = self._load(HEADER + start + index * RECORD_EXTRA, RECORD_EXTRA + size)
        return _unseal(self._cipher, index, found)


class _Stream(io.RawIOBase):
    def __init__(self, reader: VaultReader) -> None:
        self._reader = reader
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._reader.size)[whence])
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        data = self._reader.read(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
