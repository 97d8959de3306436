"""The API against its own description: `python -m tests.prove.api --examples 2000` tells what breaks it.

schemathesis invents requests, good ones and bad ones, from the description that the product serves, calls the routes
in this process and looks at each answer: no server error, a status and a body as described, bad parameters refused,
nothing without a key.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS
from schemathesis.core.parameters import ParameterLocation
from starlette.applications import Starlette

from core.keys import MasterKeys
from core.usecases.api_keys import SCOPES, add_key
from core.usecases.complete_case import record_exchange
from pages.parts import wiring
from pages.routes import api
from pages.routes.gate import Quota
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Backend, Bench, found

EVERYTHING = 10**9


def open_api(bench: Bench) -> Starlette:
    """The routes over this desk, without a limit per minute."""
    desk, database = bench.desk, bench.database
    wiring.desk = lambda: desk
    wiring.firms = database.firms
    api.requests_of, api.failures_of = Quota(EVERYTHING, 60), Quota(EVERYTHING, 60)
    return Starlette(routes=api.API_ROUTES)


def make_token(bench: Bench, *scopes: str) -> str:
    """A key with these scopes, or with all."""
    errors, token = add_key(bench.desk, bench.staff("admin"), "prove", scopes or tuple(SCOPES))
    assert not errors
    return token


def fill_api(bench: Bench) -> Walk:
    """An approved case with an answer of an exchange, one in review, and their events."""
    case_at(bench, "in_review", person=LI)
    walk = case_at(bench, "callback")
    record_exchange(bench.desk, bench.staff("review"), walk.case_id, "SHFE", 4)
    return walk


def examine(app: Starlette, token: str, examples: int, number: str) -> Counter[str]:
    """Try so many invented requests for each endpoint and kind; answers by path and status. Raises what it finds.

    Nobody invents a number that exists, so the case `number` is asked for as well.
    """
    schema = schemathesis.openapi.from_asgi(f"{api.ROOT}/openapi.json", app)
    checks: list[Any] = CHECKS.get_all()
    answers: Counter[str] = Counter()
    for operation in (result.ok() for result in schema.get_all_operations()):
        for mode in schemathesis.GenerationMode:

            @settings(max_examples=examples, deadline=None, database=None, derandomize=True,
                      phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def attempt(case: schemathesis.Case) -> None:
                invented = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
                spoilt = invented is not None and invented.mode is schemathesis.GenerationMode.NEGATIVE
                headers = {} if spoilt else {"Authorization": f"Bearer {token}"}
                answer = case.call_and_validate(headers=headers, checks=checks)
                answers[f"{case.operation.path} {answer.status_code}"] += 1

            attempt()
    known = schema["/cases/{number}"]["GET"].Case(path_parameters={"number": number})
    known.call_and_validate(
        headers={"Authorization": f"Bearer {token}"}, excluded_checks=[CHECKS.get_one("ignored_auth")]
    )
    return answers


def main() -> int:
    """Fill a desk with cases and events, and examine its API."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        backend = Backend("sqlite", Path(folder), MasterKeys.in_memory())
        found(backend)
        bench = Bench(backend)
        number = fill_api(bench).case(bench).number
        answers = examine(open_api(bench), make_token(bench), chosen.examples, number)
        bench.close()
    for name, count in sorted(answers.items()):
        print(f"{count:6} {name}")
    print(f"{sum(answers.values())} answers, none breaks the description")
    return 0


if __name__ == "__main__":
    sys.exit(main())
