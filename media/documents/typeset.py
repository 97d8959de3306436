"""The typesetter: one warm compiler per layout file, data as JSON, PDF/A-4 out. Nothing touches the disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from core.ports_documents import MissingGlyph
from media.documents.fonts import document_families, system_fonts

_LAYOUTS = Path(__file__).parent
_busy = threading.Lock()


def typeset(layout: str, data: Mapping[str, Any], now: datetime) -> bytes:
    """A PDF/A-4 file from `layout`.typ; `data` must be JSON values, `now` becomes the date of the file.

    Equal arguments give equal bytes. The layout can read no file outside this folder. Raises MissingGlyph when
    a character has no glyph (PDF/A forbids empty boxes), NotConfigured without a Chinese font.
    """
    with _busy:
        return _compile(layout, data, now)


def typeset_with_marks(
    layout: str, data: Mapping[str, Any], now: datetime, labels: tuple[str, ...]
) -> tuple[bytes, dict[str, Any]]:
    """As `typeset`, and the metadata values that the layout put under `labels`."""
    with _busy:
        pdf = _compile(layout, data, now)
        query = _compiler(layout).query
        return pdf, {name: json.loads(query(f"<{name}>", field="value", one=True)) for name in labels}


def _compile(layout: str, data: Mapping[str, Any], now: datetime) -> bytes:
    inputs = {"data": json.dumps({"fonts": document_families(), **data}, ensure_ascii=False)}
    try:
        made = _compiler(layout).compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-4"], timestamp=int(now.timestamp())
        )
    except typst.TypstError as why:
        if "could not be displayed" in str(why):
            raise MissingGlyph from None  # the message quotes the text
        raise
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=4)
def _compiler(layout: str) -> typst.Compiler:
    path = _LAYOUTS / f"{layout}.typ"
    return typst.Compiler(str(path), root=str(_LAYOUTS), font_paths=system_fonts(), ignore_system_fonts=True)
