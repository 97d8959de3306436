"""Where the sealed bytes of evidence lie: a narrow port, and its form as a local folder.

A storage knows names and bytes, nothing about keys: whatever reaches it is already sealed. An S3-compatible
storage needs the same seven calls (an unfinished file is then kept on the local disk until it is closed).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Protocol, TypeVar

from core.errors import MediaTrouble, NotFound, WrongState

if sys.platform != "win32":
    import fcntl

PART = ".part"
T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A stored file: size in bytes, last change in seconds since 1970, `closed` once it was written to its end."""

    name: str
    size: int
    changed: float
    closed: bool


class Appender(Protocol):
    """An open file that only grows. Each call raises MediaTrouble when the storage is full or gone."""

    def append(self, data: bytes) -> None:
        """Hand the bytes to the operating system: they survive the end of this process, not a power cut."""

    def cut(self, size: int) -> None:
        """Drop everything after the first `size` bytes."""

    def close(self) -> None:
        """Make everything durable and publish the file under its name."""

    def leave(self) -> None:
        """Let go of the file; what was appended stays as an unfinished file."""


class Storage(Protocol):
    """Files by name, where a name is firm/xx/file id. A missing file raises NotFound."""

    def create(self, name: str) -> Appender:
        """Begin a file that must not exist."""

    def resume(self, name: str) -> Appender:
        """Go on with an unfinished file at its end.

        Raises WrongState while another process, or another writer of this one, still has it open.
        """

    def look(self, name: str) -> Entry:
        """Say what is stored under a name."""

    def open_range(self, name: str, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`, fewer at the end of the file."""

    def delete(self, name: str, shred: int) -> None:
        """Overwrite the first `shred` bytes, then remove the file, finished or not. Missing is no error."""

    def entries(self, firm_id: str) -> Iterator[Entry]:
        """List all files of a firm, finished or not."""


class LocalStorage:
    """Files under root/<firm>/<2 hex>/<file id>, folders 0700, files 0600, `.part` until closed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, name: str) -> Appender:
        """Begin a file. Raises MediaTrouble when it exists or the disk refuses."""
        path = self.root / name
        with _translated():
            _make_folders(self.root, path.parent)
            file = FileIO(_part(path), "xb", opener=_open_private)
        _hold(file, _part(path))
        return _LocalAppender(file, path)

    def resume(self, name: str) -> Appender:
        """Go on with an unfinished file at its end. Raises WrongState while it is being written."""
        path = self.root / name
        with _translated():
            file = FileIO(_part(path), "r+b")
            file.seek(0, os.SEEK_END)
        _hold(file, _part(path))
        return _LocalAppender(file, path)

    def look(self, name: str) -> Entry:
        """Say what is stored under a name; a closed file goes before an unfinished one."""
        return self._first(name, self._entry)

    def open_range(self, name: str, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`."""
        return self._first(name, lambda path: _read(path, offset, length))

    def delete(self, name: str, shred: int) -> None:
        """Overwrite the first bytes and sync before the name goes: a kept copy of the folder entry is useless."""
        path = self.root / name
        for each in (path, _part(path)):
            with suppress(NotFound), _translated():
                with FileIO(each, "r+b") as file:
                    file.write(bytes(min(shred, os.fstat(file.fileno()).st_size)))
                    os.fsync(file.fileno())
                each.unlink()

    def entries(self, firm_id: str) -> Iterator[Entry]:
        """List all files of a firm; a file that vanishes meanwhile is left out."""
        for path in sorted((self.root / firm_id).glob("??/*")):
            with suppress(NotFound), _translated():
                yield self._entry(path)

    def _first(self, name: str, act: Callable[[Path], T]) -> T:
        path = self.root / name
        with _translated():
            for each in (path, _part(path), path):  # the third look: closed between the first two
                with suppress(FileNotFoundError):
                    return act(each)
        raise NotFound

    def _entry(self, path: Path) -> Entry:
        status = path.stat()
        name = path.relative_to(self.root).as_posix()
        return Entry(name.removesuffix(PART), status.st_size, status.st_mtime, not name.endswith(PART))


class _LocalAppender:
    def __init__(self, file: FileIO, path: Path) -> None:
        self._file = file
        self._path = path

    def append(self, data: bytes) -> None:
        rest = memoryview(data)
        with _translated():
            while rest:
                rest = rest[self._file.write(rest) :]

    def cut(self, size: int) -> None:
        with _translated():
            self._file.truncate(size)
            self._file.seek(size)

    def close(self) -> None:
        with _translated():
            with self._file:
                os.fsync(self._file.fileno())
                if sys.platform != "win32":  # an open file cannot be renamed there
                    _part(self._path).replace(self._path)
            if sys.platform == "win32":
                _part(self._path).replace(self._path)
            _sync_folder(self._path.parent)

    def leave(self) -> None:
        with _translated():
            self._file.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn errors of the file system into ours, which name no path."""
    try:
        yield
    except FileNotFoundError:
        raise NotFound from None
    except OSError:
        raise MediaTrouble("文件暂时无法保存或读取，请稍后再试。") from None


def _part(path: Path) -> Path:
    return path.with_name(path.name + PART)


def _read(path: Path, offset: int, length: int) -> bytes:
    with FileIO(path) as file:
        file.seek(offset)
        return file.read(length)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _hold(file: FileIO, path: Path) -> None:
    """Keep other writers out until the file is closed or the process ends, also by kill -9. Not on Windows."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise WrongState("文件仍在写入，请稍后再试。") from None
    if not path.exists():  # published while we waited for the lock
        file.close()
        raise NotFound


def _make_folders(root: Path, folder: Path) -> None:
    """Make the folders from the root down, each 0700, and the new names durable."""
    for each in (root, *reversed(folder.relative_to(root).parents[:-1]), folder):
        at = root / each
        if not at.is_dir():
            at.mkdir(mode=0o700, parents=at == root, exist_ok=True)
            _sync_folder(at.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
