"""Sentences with values in them that can be said in another language as well."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

_LISTS = {"、": "{before}、{after}", "；": "{before}；{after}"}


class Sentence(str):
    """A filled Chinese sentence that remembers its template and its values.

    It is the Chinese text wherever a text is wanted: stored, logged, compared. Pages translate `template` and fill
    the translation with `values`.

    >>> Sentence("还有 {count} 笔业务未办结。", count=2)
    '还有 2 笔业务未办结。'
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Sentence:
        """Fill `template` (str.format) with `values`."""
        said = super().__new__(cls, template.format(**values))
        said.template = template
        said.values = values
        return said


def listed(texts: Iterable[str], mark: str = "、") -> str:
    """Texts one after the other with `mark` (、 or ；) between them, each to be translated by itself."""
    found = list(texts)
    return reduce(lambda before, after: Sentence(_LISTS[mark], before=before, after=after), found) if found else ""
