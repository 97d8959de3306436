"""Looks for plain personal values where none may be: files, logs, addresses."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.walk import Person


def canaries(person: Person) -> dict[str, bytes]:
    """The values of the walk that nobody may find, in the spelling in which they would appear."""
    return {
        "name": person.name.encode(), "id_number": person.id_number.encode(), "phone": person.phone.encode(),
        "card": person.card.encode(), "address": person.address.encode(),
    }  # fmt: skip


def hits(folder: Path, person: Person) -> list[str]:
    """`file: value` for every plain value in any file below the folder (database, WAL, evidence, logs)."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [f"{path.name}: {name}" for name, value in canaries(person).items() if value in data]
    return found
