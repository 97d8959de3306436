"""A PDF of this site inside the page, in the browser's own reader (Streamlit's frames are sandboxed and show none)."""

from __future__ import annotations

from pages.parts.components.mounting import register, same_origin

_mount = register("pdf_view")


def pdf_view(key: str, *, url: str, title: str) -> None:
    """Show the PDF at `url`, a path of this site; `title` says what it is, for readers of the screen."""
    _mount(key=key, data={"url": same_origin(url), "title": title})
