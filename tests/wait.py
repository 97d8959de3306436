"""Waiting for what another process does: look again until it is there, or say what was not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_until(look: Callable[[], Found | None], within_s: float, what: Callable[[], str]) -> Found:
    """What `look` finds (anything true) once it does; TimeoutError with the words of `what` when that is late."""
    end = time.monotonic() + within_s
    while not (found := look()):
        if time.monotonic() >= end:
            raise TimeoutError(what())
        time.sleep(0.1)
    return found
