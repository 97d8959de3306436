"""CPU of a dry run over generated finished cases. Run as `python -m tests.bench.dry_run [--cases N] [kind]`.

The cases are copies of one that walked through the whole business, each with sealed answers of its own. Prints one
JSON line: CPU seconds of the job to its end; the progress is stored after each 500 cases.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select

from core.jobs.dry_run import dry_run
from core.keys import MasterKeys
from core.usecases.draft_rules import begin_draft, save_draft
from core.usecases.read_rules import read_draft
from core.usecases.try_rules import start_dry_run
from db import sealed
from db import tables as t
from tests.builders import Walk, case_at
from tests.desk_bench import Backend, Bench, found, scratch

LIMIT_S = 30.0


def copy_cases(bench: Bench, walk: Walk, count: int) -> None:
    """`count` finished cases with the answers of this one, sealed anew."""
    keys = bench.backend.keys.firm("f1")
    with bench.desk.read("f1") as work:
        answers = work.cases.answers(walk.case_id)
    with bench.database.engine.begin() as connection:
        row = connection.execute(select(t.CaseRow.__table__).where(t.CaseRow.id == walk.case_id)).mappings().one()
        _insert(connection, t.CaseRow, [_case(dict(row), number) for number in range(count)])
        for step, answer in answers.items():
            rows = [_answer(keys, number, step, answer.values, answer.saved_at) for number in range(count)]
            _insert(connection, t.AnswerRow, rows)


def _case(row: dict[str, Any], number: int) -> dict[str, Any]:
    return {**row, "id": f"copy{number:08d}", "number": f"9{number:015d}", "owner": f"phone:copy{number}"}


def _answer(keys: Any, number: int, step: str, values: Any, saved_at: Any) -> dict[str, Any]:
    case_id = f"copy{number:08d}"
    blob = sealed.seal(keys, "answer", "values_sealed", f"{case_id}|{step}", dict(values))
    return {"firm_id": "f1", "case_id": case_id, "step": step, "values_sealed": blob, "saved_at": saved_at}


def _insert(connection: Connection, table: type[t.Base], rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(table.__table__), rows)  # type: ignore[arg-type]


def harder(body: dict[str, Any]) -> None:
    """Other bands, so that many cases get another level."""
    for band, (first, last) in zip(body["bands"], ((0, 34), (35, 49), (50, 64), (65, 84), (85, 100)), strict=True):
        band.update({"from": first, "to": last})


def measure(bench: Bench, cases: int) -> dict[str, Any]:
    """Fill the firm, run the job, time it."""
    copy_cases(bench, case_at(bench, "active"), cases)
    admin = bench.staff("admin")
    draft = begin_draft(bench.desk, admin, "questionnaire")
    body = deepcopy(draft.content.body)
    harder(body)
    save_draft(bench.desk, admin, draft.id, draft.revision, replace(draft.content, body=body))
    start_dry_run(bench.desk, admin, draft.id)
    payload = {"draft": draft.id, "run": _numbers(bench, draft.id)["run"]}
    wall, cpu = time.monotonic(), time.process_time()
    while not dry_run(bench.desk, "f1", payload):
        pass
    spent = time.process_time() - cpu
    numbers = _numbers(bench, draft.id)
    return {
        "bench": "dry_run", "figure": "cpu_s", "value": round(spent, 2), "unit": "s", "limit": LIMIT_S,
        "wall_s": round(time.monotonic() - wall, 2), "cases": numbers["done"], "changed": numbers["changed"],
        "state": numbers["state"],
    }  # fmt: skip


def _numbers(bench: Bench, draft_id: str) -> Mapping[str, Any]:
    return read_draft(bench.desk, bench.staff("admin"), draft_id).draft.numbers or {}


def main() -> None:
    """One JSON line; exit code 1 above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    asked = parser.parse_args()
    backend = Backend("sqlite", scratch("jz-dry-run-"), MasterKeys.in_memory())
    found(backend)
    bench = Bench(backend)
    try:
        figure = measure(bench, asked.cases)
    finally:
        bench.close()
        shutil.rmtree(backend.folder, ignore_errors=True)
    print(json.dumps(figure, ensure_ascii=False))
    raise SystemExit(figure["value"] > LIMIT_S or figure["cases"] < asked.cases)


if __name__ == "__main__":
    main()
