"""docs/requirements.md holds, and a page that does not is reported."""

from __future__ import annotations

import pytest

from tests.requirements_map import PAGE, Ran, problems, rows

TRUE = PAGE.read_text("utf-8")
LINE = next(line for line in TRUE.splitlines() if line.startswith("| R002 "))
TEST = "tests/core/test_businesses.py::test_codes_are_added_and_the_case_ends_with_the_last_answer"


def test_the_page_holds() -> None:
    assert problems(TRUE) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (LINE, "", ["R002 stands there 0 times"]),
        (LINE, f"{LINE}\n{LINE}", ["R002 stands there 2 times"]),
        (LINE, f"{LINE}\n{LINE.replace('R002', 'R999')}", ["R999 is no requirement"]),
        ("R002 | 增开交易编码 | done", "R002 | 增开交易编码 | nearly", ["R002: 'nearly' is no state"]),
        ("R002 | 增开交易编码 | done", "R002 | 增开交易编码 | partly",
         ["R002: says what is left if and only if it is not done"]),
        ("R002 | 增开交易编码 | done", "R002 | 增开交易编码 | done: but for one thing",
         ["R002: says what is left if and only if it is not done"]),
        (LINE, LINE.replace(f"`{TEST}`", "—"), ["R002: is done and names no test"]),
        (LINE, LINE.replace("`core/businesses/add_code.py`", "—"), ["R002: names no file"]),
        (LINE, LINE.replace("add_code.py", "add_codes.py"), ["R002: core/businesses/add_codes.py does not exist"]),
        (LINE, LINE.replace("last_answer", "lost_answer"), [f"R002: {TEST.replace('last', 'lost')} does not exist"]),
        (LINE, LINE.replace("::test_", "::"), [f"R002: {TEST.replace('::test_', '::')} does not exist"]),
    ],
)  # fmt: skip
def test_a_broken_page_is_reported(old: str, new: str, said: list[str]) -> None:
    assert TRUE.count(old) == 1
    assert problems(TRUE.replace(old, new)) == said


def test_a_named_test_must_have_run_and_passed() -> None:
    ran = Ran()
    assert ran.missing(LINE) == [f"{TEST} (R002)"]
    for parameter in ("sqlite", "postgresql"):
        for when in ("setup", "call", "teardown"):
            ran.note(f"{TEST}[{parameter}]", "passed", when)
    assert ran.missing(LINE) == []
    ran.note(f"{TEST}[third]", "passed", "setup")
    ran.note(f"{TEST}[third]", "failed", "call")
    assert ran.missing(LINE) == [f"{TEST} (R002)"]


def test_a_test_that_only_began_did_not_pass() -> None:
    ran = Ran()
    ran.note(TEST, "passed", "setup")
    assert ran.missing(LINE) == [f"{TEST} (R002)"]
    assert [row.tests for row in rows(LINE)] == [(TEST,)]
