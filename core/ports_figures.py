"""The port of the figures of cases; db/stores/case_figures.py implements it and says what each method means."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from core.metrics import Span
from core.records_figures import BegunCase, Standing


class CaseFigures(Protocol):
    """Reads of the rollups of cases, and of the open cases."""

    def standing(self, span: Span) -> dict[Standing, int]: ...
    def reached(self, span: Span, group: str) -> list[tuple[str, int, int, int, int]]: ...
    def reasons(self, span: Span) -> dict[tuple[str, str], int]: ...
    def ages(self, span: Span, days: Sequence[int]) -> dict[str, list[int]]: ...
    def begun(
        self, span: Span, states: Collection[str], steps: Collection[str] | None, limit: int
    ) -> list[BegunCase]: ...
