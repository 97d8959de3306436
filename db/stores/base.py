"""What every store shares: the connection, the firm filter and sealed cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, bindparam, insert, select, type_coerce

from db import sealed
from db.tables import Base

if TYPE_CHECKING:
    from db.work import SqlWork


EAST, _DAY_MS = 8 * 3_600_000, 86_400_000
"""How far Asia/Shanghai is ahead of UTC, and the length of a day, in ms."""


@cache
def _whole(table: type[Base]) -> Select[Any]:
    """SELECT of whole rows of one firm, built once: building a statement takes longer than running it."""
    columns = table.__table__.columns
    return select(*columns).where(columns["firm_id"] == bindparam("of_firm"))


@cache
def _equal(table: type[Base], names: tuple[str, ...], missing: tuple[str, ...], order: tuple[str, ...]) -> Select[Any]:
    """SELECT of whole rows by equal columns, built once for each shape."""
    columns = table.__table__.columns
    wanted = [columns[name] == bindparam(name) for name in names]
    empty = [columns[name].is_(None) for name in missing]
    return _whole(table).where(*wanted, *empty).order_by(*(columns[name] for name in order))


def ms(column: Any) -> ColumnElement[int]:
    """A moment's milliseconds, to count with."""
    return type_coerce(column, BigInteger)


def local_day(column: Any) -> ColumnElement[int]:
    """The day number in Asia/Shanghai of a stored moment."""
    return (ms(column) + EAST) // _DAY_MS


class Store:
    """Base of all stores; statements always carry the firm."""

    def __init__(self, work: SqlWork) -> None:
        self.work = work

    def rows(
        self, table: type[Base], *where: ColumnElement[bool], order: Any = None, limit: int | None = None
    ) -> Sequence[Row[Any]]:
        """Rows of this firm as plain tuples (never ORM objects)."""
        query = _whole(table).where(*where)
        if order is not None:
            query = query.order_by(*order) if isinstance(order, tuple) else query.order_by(order)
        return self.work.connection.execute(query.limit(limit), {"of_firm": self.work.firm_id}).fetchall()

    def row(self, table: type[Base], *where: ColumnElement[bool], order: Any = None) -> Row[Any] | None:
        """First row or None."""
        found = self.rows(table, *where, order=order, limit=1)
        return found[0] if found else None

    def equal(
        self, table: type[Base], *, missing: tuple[str, ...] = (), order: tuple[str, ...] = (), **values: Any
    ) -> Sequence[Row[Any]]:
        """Rows of this firm whose columns equal `values` and whose `missing` columns are NULL.

        For the reads of every page run: a third of what `rows` needs (docs/decisions.md).
        """
        statement = _equal(table, tuple(values), missing, order)
        return self.work.connection.execute(statement, {"of_firm": self.work.firm_id, **values}).fetchall()

    def add(self, table: type[Base], **values: Any) -> None:
        """INSERT one row of this firm."""
        self.work.connection.execute(insert(table).values(firm_id=self.work.firm_id, **values))

    def seal(self, table: type[Base], column: str, row: str, value: Any) -> bytes:
        """Seal a JSON value for a cell."""
        return sealed.seal(self.work.keys, table.__tablename__, column, row, value)

    def unseal(self, table: type[Base], column: str, row: str, blob: bytes) -> Any:
        """Open a sealed cell."""
        return sealed.unseal(self.work.keys, table.__tablename__, column, row, blob)

    def index(self, field: str, value: str) -> bytes:
        """Blind index of a normalised value."""
        return self.work.keys.index(field, value)
