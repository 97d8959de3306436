"""docs/requirements.md says where each requirement is met and which test shows it; this holds the page to the tree.

Run `python -m tests.requirements_map` to see what does not hold.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "requirements.md"
WANTED = (*(f"R{number:03}" for number in range(1, 213)), *(f"C{number:02}" for number in range(1, 25)))
STATES = {"done": False, "partly": True, "not": True}
"""State -> whether it has to say what is left."""
ROW = re.compile(r"^\| ([RC]\d+) \|(.+)\|$", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    number: str
    state: str
    reason: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


def rows(page: str) -> list[Row]:
    """The lines of the page's tables."""
    return [_row(number, rest.split("|")) for number, rest in ROW.findall(page)]


def _row(number: str, cells: list[str]) -> Row:
    state, _, reason = cells[1].strip().partition(":")
    files, tests = NAMED.findall(cells[-2]), NAMED.findall(cells[-1])
    return Row(number, state, reason.strip(), tuple(files), tuple(tests))


def problems(page: str) -> list[str]:
    """Everything on the page that does not hold, in words."""
    found = rows(page)
    counted = Counter(row.number for row in found)
    wrong = [f"{number} stands there {counted[number]} times" for number in WANTED if counted[number] != 1]
    wrong += [f"{number} is no requirement" for number in counted if number not in WANTED]
    return [*wrong, *(f"{row.number}: {what}" for row in found for what in _wrong_in(row))]


def _wrong_in(row: Row) -> Iterable[str]:
    if row.state not in STATES:
        yield f"{row.state!r} is no state"
    elif STATES[row.state] != bool(row.reason):
        yield "says what is left if and only if it is not done"
    if row.state == "done" and not row.tests:
        yield "is done and names no test"
    if not row.files:
        yield "names no file"
    yield from (f"{name} does not exist" for name in row.files if not (ROOT / name).exists())
    yield from (f"{name} does not exist" for name in row.tests if not _is_test(name))


def _is_test(name: str) -> bool:
    file, _, function = name.partition("::")
    return function in _functions(file)


@cache
def _functions(file: str) -> frozenset[str]:
    """The tests of a file."""
    path = ROOT / file
    if not (file.startswith("tests/") and path.is_file()):
        return frozenset()
    nodes = ast.parse(path.read_text("utf-8")).body
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@dataclass
class Ran:
    """What became of the tests of one run, whatever their parameters."""

    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def note(self, test: str, outcome: str, when: str) -> None:
        """One phase of one test is over."""
        name = test.partition("[")[0]
        if outcome != "passed":
            self.failed.add(name)
        elif when == "call":
            self.passed.add(name)

    def missing(self, page: str) -> list[str]:
        """Tests that the page names and that did not run, or not pass, with the numbers they show."""
        shown: dict[str, list[str]] = {}
        for row in rows(page):
            for test in row.tests:
                shown.setdefault(test, []).append(row.number)
        good = self.passed - self.failed
        return [f"{test} ({', '.join(numbers)})" for test, numbers in shown.items() if test not in good]


def main() -> int:
    """Print what does not hold; 1 when something does not."""
    found = problems(PAGE.read_text("utf-8"))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
