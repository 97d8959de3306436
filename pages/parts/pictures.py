"""Pictures for the page: small data: URLs, never through Streamlit's open /media."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from core.flow import Evidence
from core.ports import Desk
from core.usecases.photo_marks import ShownMark
from pages.parts import wiring

_KEPT = 64
_previews: OrderedDict[str, str] = OrderedDict()
"""The latest previews of this process by file id, so that a rerun does not decode a photo again."""


def picture_url(desk: Desk, firm_id: str, item: Evidence | str) -> str:
    """A data: URL of at most 300 KB for a stored picture; the caller has checked who looks.

    A straightened card is no evidence of its own: it is named by its file id.
    """
    file_id = item if isinstance(item, str) else item.file_id
    return _kept(f"{firm_id}|{file_id}", lambda: wiring.preview_url(_whole(desk, firm_id, file_id)))


def mark_url(desk: Desk, firm_id: str, mark: ShownMark) -> str:
    """A data: URL of the marked region of a picture; the caller has checked who looks."""

    def cut() -> str:
        return wiring.data_url(desk.images.cut_out(_whole(desk, firm_id, mark.file_id), mark.box))

    return _kept(f"{firm_id}|{mark.id}", cut)


def _whole(desk: Desk, firm_id: str, file_id: str) -> bytes:
    reader = desk.vault.open(firm_id, file_id)
    return reader.read(0, reader.size)


def _kept(key: str, make: Callable[[], str]) -> str:
    if key not in _previews:
        _previews[key] = make()
        while len(_previews) > _KEPT:
            _previews.popitem(last=False)
    _previews.move_to_end(key)
    return _previews[key]
