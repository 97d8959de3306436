"""Agreements as PDF/A-4: the blocks of a filled template in the one layout of `agreement.typ`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from core.ports_documents import AgreementHeader, MissingGlyph, Place, RenderedDocument
from media.documents.fonts import missing_glyphs
from media.documents.markdown import clean_value, fill_template
from media.documents.typeset import typeset_with_marks

PAGE_HEIGHT = 297 * 72 / 25.4
"""A4 in points."""
SIGNATURE_SIZE = (170.0, 62.0)
"""Place of the customer's signature: width and height in points (60 by 22 mm)."""
SEAL_SIZE = (119.0, 119.0)
"""Place of the firm's round seal in points (42 mm)."""
_CHINA = ZoneInfo("Asia/Shanghai")


def render_agreement(
    title: str, markdown: str, values: Mapping[str, str], header: AgreementHeader, *, sample: bool = False
) -> RenderedDocument:
    """The unsigned file of an agreement, with places for signature and seal on its last page.

    A `sample` says so across each page. Equal arguments give equal bytes.
    Raises TemplateIncomplete when a variable of the text has no value,
    MissingGlyph when a title, value or name has a character without a glyph, NotConfigured without a font.
    """
    _refuse_missing(title, header.customer_name, header.firm_name, *values.values())
    data = {
        "title": clean_value(title),
        "firm": clean_value(header.firm_name),
        "customer": clean_value(header.customer_name),
        "reference": f"{header.code} · {header.version} 版 · 受理单号 {header.case_number}",
        "date": header.rendered_at.astimezone(_CHINA).strftime("%Y年%m月%d日"),
        "sample": sample,
        "blocks": fill_template(markdown, values),
        "signature": dict(zip(("width", "height"), SIGNATURE_SIZE, strict=True)),
        "seal": dict(zip(("width", "height"), SEAL_SIZE, strict=True)),
    }
    pdf, marks = typeset_with_marks("agreement", data, header.rendered_at, ("signature", "seal"))
    signature, seal = _place(marks["signature"], SIGNATURE_SIZE), _place(marks["seal"], SEAL_SIZE)
    return RenderedDocument(pdf, hashlib.sha256(pdf).hexdigest(), seal.page + 1, signature, seal)


def _refuse_missing(*texts: str) -> None:
    if missing := missing_glyphs("".join(clean_value(each) for each in texts)):
        raise MissingGlyph(tuple(missing))


def _place(position: Mapping[str, Any], size: tuple[float, float]) -> Place:
    """A place from its top left corner, which typst counts from the top of the page."""
    width, height = size
    left, top = (float(str(position[axis]).removesuffix("pt")) for axis in ("x", "y"))
    return Place(int(position["page"]) - 1, left, PAGE_HEIGHT - top - height, width, height)
