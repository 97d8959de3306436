"""The firm itself: branches, versioned firm data, calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select

from core.flow import Rules
from core.records import Branch, Firm
from core.rules.calendar import CalendarDay
from db import tables as t
from db.stores.base import Store


@cache
def _versions() -> Select[str, int]:
    """Kind and newest version in effect; built once, because every use case that follows the firm's data asks."""
    table = t.FirmData
    in_effect = (table.firm_id == bindparam("of_firm"), table.effective_from <= bindparam("now"))
    return select(table.kind, func.max(table.version)).where(*in_effect).group_by(table.kind)


class Firms(Store):
    """Reads of firm data give immutable versions; nothing here is personal."""

    def firm(self) -> Firm:
        """The firm of this unit of work."""
        r = self.work.connection.execute(select(*t.Firm.__table__.columns).where(t.Firm.id == self.work.firm_id)).one()
        return Firm(r.id, r.number, r.name, r.hotline, r.demo)

    def add_firm(self, firm: Firm) -> None:
        """Insert the firm."""
        self.work.connection.execute(
            insert(t.Firm).values(
                id=firm.id,
                number=firm.number,
                name=firm.name,
                hotline=firm.hotline,
                demo=firm.demo,
                created_at=self.work.now,
            )
        )

    def branches(self) -> list[Branch]:
        """All branches, in a stable order."""
        return [Branch(r.id, r.name, r.city, r.address) for r in self.rows(t.Branch, order=t.Branch.id)]

    def add_branch(self, branch: Branch) -> None:
        """Insert a branch."""
        self.add(t.Branch, id=branch.id, name=branch.name, city=branch.city, address=branch.address)

    def change_branch(self, branch: Branch) -> bool:
        """Write what a branch is called and where it is; False when there is none."""
        where = (t.Branch.firm_id == self.work.firm_id, t.Branch.id == branch.id)
        return self.work.update_one(t.Branch, where, name=branch.name, city=branch.city, address=branch.address)

    def current_versions(self) -> dict[str, int]:
        """Kind -> newest version in effect now."""
        values = {"of_firm": self.work.firm_id, "now": self.work.now}
        return {row[0]: row[1] for row in self.work.connection.execute(_versions(), values)}

    def data(self, kind: str, version: int) -> Any:
        """The body of one version; versions never change, so callers may cache them."""
        row = self.row(t.FirmData, t.FirmData.kind == kind, t.FirmData.version == version)
        if row is None:
            raise KeyError(kind)
        return row.body

    def rules(self, versions: dict[str, int] | None = None) -> Rules:
        """Bodies of the given versions, or of those in effect now."""
        wanted = versions or self.current_versions()
        return Rules({kind: self.data(kind, version) for kind, version in wanted.items()}, wanted)

    def add_data(self, kind: str, version: int, body: Any, effective_from: datetime, changed_by: str) -> None:
        """Insert a new version of a kind."""
        self.add(
            t.FirmData,
            kind=kind,
            version=version,
            effective_from=effective_from,
            body=body,
            changed_by=changed_by,
            created_at=self.work.now,
        )

    def add_days(self, days: list[CalendarDay]) -> None:
        """Insert calendar days."""
        if days:
            self.work.connection.execute(insert(t.CalendarDay), [self._day(d) for d in days])

    def set_days(self, days: Sequence[CalendarDay]) -> None:
        """Replace calendar days, or insert those that are not there yet."""
        table = t.CalendarDay
        wanted = [d.day.isoformat() for d in days]
        self.work.connection.execute(delete(table).where(table.firm_id == self.work.firm_id, table.day.in_(wanted)))
        self.add_days(list(days))

    def _day(self, d: CalendarDay) -> dict[str, Any]:
        return {
            "firm_id": self.work.firm_id,
            "day": d.day.isoformat(),
            "workday": d.workday,
            "trading": d.trading,
            "name": d.name,
            "provisional": d.provisional,
        }

    def days(self, first: date, last: date) -> list[CalendarDay]:
        """Calendar days from first to last, inclusive."""
        table = t.CalendarDay
        found = self.rows(table, table.day >= first.isoformat(), table.day <= last.isoformat(), order=table.day)
        return [CalendarDay(date.fromisoformat(r.day), r.workday, r.trading, r.name, r.provisional) for r in found]
