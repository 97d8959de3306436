"""The one vault for all evidence: photos, stills, recordings, signed PDFs. Nothing in it is ever plain on disk.

A file on disk:

    header   "JZV1" | random file key, wrapped by the firm's keys for this file id (63 bytes, names the master key)
    records  4 bytes: length of what follows, top bit set on the last record | AES-256-GCM ciphertext and tag
    trailer  4 bytes: number of chunks

Each record but the last holds a chunk of 1 to 65536 plain bytes; an early flush makes a short one. The last
record holds the seek table: total size, SHA-256 of the plain bytes, size of every chunk. The nonce is (last flag,
index), the associated data (file id, last flag, index). So opening takes three small reads, any chunk one more,
and a file that was cut, reordered, mixed or changed is refused. The last record is a function of the chunks
before it, so writing it a second time after a crash repeats a nonce only for the same bytes.

While a file is written it is unfinished (`.part`): a crash costs what was not flushed, about a second. Its whole
chunks can be read at once (`complete` is False), and `recover` gives it its end.
"""

from __future__ import annotations

import os
import re
import secrets
import struct
import time
from collections.abc import Callable, Collection
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import DeskError, NotFound
from core.keys import KEY_BYTES, MasterKeys, Unreadable
from media.storage import Appender, Entry, Storage
from media.vault_format import (
    CHUNK,
    HEADER,
    MAGIC,
    RECORD_EXTRA,
    Load,
    StoredFile,
    VaultReader,
    VaultWriter,
    end_size,
    read_table,
    scan,
)

__all__ = ["StoredFile", "Vault", "VaultReader", "VaultWriter"]

_FILE_ID = re.compile(r"[0-9a-f]{32}")
_FIRM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class _FileCipher:
    """AES-256-GCM under the key of one file; the nonce counts, so a key must serve one file only."""

    def __init__(self, key: bytes, file_id: str) -> None:
        self.file_id = file_id
        self._aead = AESGCM(key)

    def seal(self, index: int, data: bytes, *, last: bool) -> bytes:
        place = struct.pack(">IQ", last, index)
        return self._aead.encrypt(place, data, self.file_id.encode() + place)

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        place = struct.pack(">IQ", last, index)
        try:
            return self._aead.decrypt(place, sealed, self.file_id.encode() + place)
        except InvalidTag:
            raise Unreadable from None


class Vault:
    """Evidence files of all firms. Raises NotFound for a file that the firm does not have."""

    def __init__(self, storage: Storage, keys: MasterKeys, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`monotonic` counts seconds; it decides when a writer flushes by itself."""
        self._storage = storage
        self._keys = keys
        self._monotonic = monotonic

    def put(self, firm_id: str, data: bytes) -> StoredFile:
        """Store bytes as a new file, durable on return. Raises MediaTrouble when the storage fails."""
        writer = self.create(firm_id)
        try:
            writer.write(data)
            return writer.close()
        except DeskError:
            writer.abort()
            raise

    def create(self, firm_id: str) -> VaultWriter:
        """Begin a new file that grows. Raises MediaTrouble when the storage fails."""
        file_id, key = secrets.token_hex(16), os.urandom(KEY_BYTES)
        name = _name(firm_id, file_id)
        header = MAGIC + self._keys.firm(firm_id).wrap_file_key(key, file_id)
        writer = VaultWriter(
            self._storage.create(name),
            _FileCipher(key, file_id),
            discard=lambda: self._storage.delete(name, HEADER),
            monotonic=self._monotonic,
        )
        writer.begin(header)
        return writer

    def open(self, firm_id: str, file_id: str) -> VaultReader:
        """Open a file, finished or not. Raises Unreadable when it was changed or belongs elsewhere."""
        name = _name(firm_id, file_id)
        entry, load = self._storage.look(name), self._loader(name)
        cipher = self._cipher(firm_id, file_id, load)
        table = read_table(load, cipher, entry.size) if entry.closed else scan(load, cipher)
        return VaultReader(load, cipher, table, complete=entry.closed)

    def recover(self, firm_id: str, file_id: str) -> StoredFile:
        """Give a file its end after the process that wrote it died; a finished file stays as it is.

        Raises WrongState while it is still being written, and Unreadable, touching nothing, when more than a torn
        last record would be lost: then the middle was changed.
        """
        name = _name(firm_id, file_id)
        try:
            appender = self._storage.resume(name)
        except NotFound:
            return self.open(firm_id, file_id).stored
        try:
            return self._finish(appender, name, self._cipher(firm_id, file_id, self._loader(name)))
        except DeskError:
            appender.leave()
            raise

    def delete(self, firm_id: str, file_id: str) -> None:
        """Destroy the key in the header, then remove the file. A missing file is no error."""
        self._storage.delete(_name(firm_id, file_id), HEADER)

    def orphans(self, firm_id: str, known: Collection[str], older_than_s: float, now: datetime) -> list[str]:
        """Return ids of files that no row knows and that have not changed for `older_than_s` seconds."""

        def lost(entry: Entry) -> bool:
            return _id(entry) not in known and now.timestamp() - entry.changed > older_than_s

        return [_id(entry) for entry in self._storage.entries(firm_id) if lost(entry)]

    def _finish(self, appender: Appender, name: str, cipher: _FileCipher) -> StoredFile:
        table = scan(self._loader(name), cipher)
        end = end_size(len(table.sizes))
        keep = table.file_size - end
        if self._storage.look(name).size - keep > max(CHUNK + RECORD_EXTRA, end):
            raise Unreadable
        appender.cut(keep)
        appender.append(table.end(cipher))
        appender.close()
        return table.stored

    def _loader(self, name: str) -> Load:
        return lambda offset, length: self._storage.open_range(name, offset, length)

    def _cipher(self, firm_id: str, file_id: str, load: Load) -> _FileCipher:
        header = load(0, HEADER)
        if len(header) < HEADER or not header.startswith(MAGIC):
            raise Unreadable
        key = self._keys.firm(firm_id).unwrap_file_key(header[len(MAGIC) :], file_id)
        return _FileCipher(key, file_id)


def _id(entry: Entry) -> str:
    return entry.name.rsplit("/", 1)[-1]


def _name(firm_id: str, file_id: str) -> str:
    """Where a file lies. Ids that we never gave out, such as paths, are simply not found."""
    if not _FIRM_ID.fullmatch(firm_id) or not _FILE_ID.fullmatch(file_id):
        raise NotFound
    return f"{firm_id}/{file_id[:2]}/{file_id}"
