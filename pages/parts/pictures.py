"""Pictures for the page: small data: URLs, never through Streamlit's open /media."""

from __future__ import annotations

from collections import OrderedDict

from core.flow import Evidence
from core.ports import Desk
from pages.parts import wiring

_KEPT = 64
_previews: OrderedDict[str, str] = OrderedDict()
"""The latest previews of this process by file id, so that a rerun does not decode a photo again."""


def picture_url(desk: Desk, firm_id: str, item: Evidence | str) -> str:
    """A data: URL of at most 300 KB for a stored picture; the caller has checked who looks.

    A straightened card is no evidence of its own: it is named by its file id.
    """
    file_id = item if isinstance(item, str) else item.file_id
    key = f"{firm_id}|{file_id}"
    if key not in _previews:
        reader = desk.vault.open(firm_id, file_id)
        _previews[key] = wiring.preview_url(reader.read(0, reader.size))
        while len(_previews) > _KEPT:
            _previews.popitem(last=False)
    _previews.move_to_end(key)
    return _previews[key]
