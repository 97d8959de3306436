"""First-run firm data. One JSON file per kind; `agreements`, `help` and `education` take texts from folders.

The database holds what a firm works with; these bodies are only its first version.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_TEXT_KINDS = ("help", "education")


def load_defaults(*, demo: bool = False) -> dict[str, Any]:
    """Every kind with its body. `demo` replaces kinds that have a file in `demo/` (hours that never close)."""
    kinds = sorted(path.stem for path in _HERE.glob("*.json"))
    bodies = {kind: load_kind(kind) for kind in (*kinds, *_TEXT_KINDS)}
    if demo:
        bodies |= {path.stem: _read_json(path) for path in sorted((_HERE / "demo").glob("*.json"))}
    return bodies


def load_kind(kind: str) -> dict[str, Any]:
    """The first version of one kind; FileNotFoundError when there is none. The caller may change the result."""
    body: dict[str, Any] = json.loads(_kind_text(kind))
    return body


@lru_cache(maxsize=64)
def _kind_text(kind: str) -> str:
    if kind in _TEXT_KINDS:
        return json.dumps({"topics": _topics(_HERE / kind)}, ensure_ascii=False)
    body = _read_json(_HERE / f"{kind}.json")
    if kind == "agreements":
        for agreement in body["agreements"]:
            agreement["text"] = (_HERE / "agreements" / agreement["file"]).read_text(encoding="utf-8").strip()
    return json.dumps(body, ensure_ascii=False)


def _read_json(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return body


def _topics(folder: Path) -> list[dict[str, Any]]:
    """The Markdown files of a folder in the order of their names; ValueError without front matter."""
    return [_topic(path) for path in sorted(folder.glob("*.md"))]


def _topic(path: Path) -> dict[str, Any]:
    opening, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    if opening:
        raise ValueError(f"{path.name} must begin with its front matter")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if line)
    key = path.stem.split("_", 1)[1]
    return {
        "key": key,
        "title": fields["title"],
        "steps": _words(fields.get("steps", "")),
        "keywords": _words(fields.get("keywords", "")),
        "text": text.strip(),
    }


def _words(line: str) -> list[str]:
    return [word.strip() for word in line.split(",") if word.strip()]
