"""Look at a person who holds an identity card: is there a face, is there a card, can its number be read.

It says whether a face is there, never whose: faces are compared by people.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from core.ports_photos import Seen
from core.records_photos import PhotoReading, Quad
from core.rules.photo_findings import held_findings
from core.rules.rehearsal import Box as Square
from media import photo_measure
from media.faces import faces_in
from media.photo_card import read_card
from media.photo_geometry import Pixels, holding
from media.photo_picture import Picture, shrunk
from media.photo_text import is_available

LONG_SIDE, LEAST_FACE = 360, 40
"""Px where a face is sought, and of the smallest: less is the portrait on the card, or somebody behind."""
STEP, VOTES = 1.05, 3
"""The usual 1.15 and 4 missed 3 of 48 drawn faces; these missed none, and saw none in 48 pictures without."""
KEPT_FIELDS = ("id_number", "name")
"""What is compared with the photo of the card alone."""


def _people(small: Pixels, card: Quad) -> list[Square]:
    """Faces that do not lie on the card: the portrait printed there is none."""
    found = faces_in(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), LEAST_FACE, STEP, VOTES)
    if not found or not card:
        return found
    middles = np.array([(face.left + face.side / 2, face.top + face.side / 2) for face in found])
    on_card = holding(np.array([card]) * (small.shape[1], small.shape[0]), middles)[0]
    return [face for face, printed in zip(found, on_card, strict=True) if not printed]


def read_held(reading: PhotoReading, _slot: str, picture: Picture, _quad: Quad = ()) -> Seen:
    """The whole picture is what counts; the straightened card is kept for the reviewer."""
    small = shrunk(picture.small, LONG_SIDE)
    brightness = photo_measure.measure(small)["brightness"]
    card = read_card(PhotoReading(reading.evidence_id, "done"), "id_front", picture)
    seen = card.reading
    faces = _people(small, seen.quad if seen.kind else ())
    measures = {**seen.measures, "brightness": brightness, "faces": float(len(faces))}
    kind = seen.kind if is_available() else None
    findings = held_findings(brightness, faces=len(faces), kind=kind, number=seen.holding("id_number"))
    done = replace(
        reading, verdict="check" if findings else "ok", kind=seen.kind, turned=seen.turned, measures=measures,
        fields={name: seen.fields[name] for name in KEPT_FIELDS if name in seen.fields},
        findings=findings, quad=seen.quad if seen.kind else (),
    )  # fmt: skip
    return Seen(done, card.crop if seen.kind else b"")
