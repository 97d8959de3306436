"""Exported heads of the audit chains: files that only grow, root/<firm number>/YYYY-MM.jsonl, for the owner only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import MediaTrouble, NotFound

_NUMBER = re.compile(r"[A-Za-z0-9]{1,8}")
_MONTH = re.compile(r"\d{4}-\d{2}")


class HeadLog:
    """One line for each head. The folder is to be copied to where the database's administrators cannot write."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def append(self, firm_number: str, month: str, line: str) -> None:
        """Add a line, durable on return. Raises MediaTrouble when the disk refuses."""
        folder = self._folder(firm_number)
        if not _MONTH.fullmatch(month):
            raise NotFound
        with _translated():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(folder / f"{month}.jsonl", os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "r+b", buffering=0) as file:
                file.write(_start(file.fileno()) + line.encode() + b"\n")
                os.fsync(file.fileno())

    def lines(self, firm_number: str, month: str = "") -> list[str]:
        """Every line of a firm in order, or those of one month."""
        with _translated():
            files = sorted(self._folder(firm_number).glob(f"{month or '*'}.jsonl"))
            return [line for file in files for line in file.read_text("utf-8", "replace").splitlines()]

    def _folder(self, firm_number: str) -> Path:
        if not _NUMBER.fullmatch(firm_number):
            raise NotFound
        return self.root / firm_number


def _start(handle: int) -> bytes:
    """A line end when the line before was torn by a power cut, so that the new one stays whole."""
    size = os.fstat(handle).st_size
    if not size:
        return b""
    os.lseek(handle, size - 1, os.SEEK_SET)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"


@contextmanager
def _translated() -> Iterator[None]:
    """Turn errors of the file system into ours, which name no path."""
    try:
        yield
    except OSError:
        raise MediaTrouble("审计链头暂时无法保存或读取，请检查数据目录。") from None
