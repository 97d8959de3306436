"""One screen per step, same file name as in core/steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pages.parts.step import StepView
from pages.steps import (
    agreements,
    bank,
    certificate,
    certificate_check,
    device,
    exchanges,
    follow_up,
    part,
    photos,
    profile,
    profile_part,
    profile_read,
    sign,
    suitability,
    witness,
)

SCREENS: Mapping[str, Callable[[StepView], None]] = {
    "device": device.draw,
    "photos": photos.draw,
    "profile": profile.draw,
    "bank": bank.draw,
    "part": part.draw,
    "profile_part": profile_part.draw,
    "profile_read": profile_read.draw,
    "certificate_check": certificate_check.draw,
    "suitability": suitability.draw,
    "exchanges": exchanges.draw,
    "agreements": agreements.draw,
    "witness": witness.draw,
    "certificate": certificate.draw,
    "sign": sign.draw,
    "follow_up": follow_up.draw,
}
