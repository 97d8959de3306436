"""Sentences with values in them that can be said in another language as well."""

from __future__ import annotations


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

    def __new__(cls, template: str, **values: object) -> Sentence:
        """Fill `template` (str.format) with `values`."""
        said = super().__new__(cls, template.format(**values))
        said.template = template
        said.values = values
        return said
