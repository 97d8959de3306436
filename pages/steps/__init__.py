"""One screen per step, same file name as in core/steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pages.parts.step import StepView
from pages.steps import (
    agreements,
    bank,
    certificate,
    device,
    exchanges,
    follow_up,
    photos,
    profile,
    sign,
    suitability,
    witness,
)

SCREENS: Mapping[str, Callable[[StepView], None]] = {
    "device": device.draw,
    "photos": photos.draw,
    "profile": profile.draw,
    "bank": bank.draw,
    "suitability": suitability.draw,
    "exchanges": exchanges.draw,
    "agreements": agreements.draw,
    "witness": witness.draw,
    "certificate": certificate.draw,
    "sign": sign.draw,
    "follow_up": follow_up.draw,
}
