"""Campaigns of 补签协议 and the customers they ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, insert, select, update

from core.case import OPEN_STATES, WITH_CUSTOMER, State
from core.supplement import UNFINISHED, Campaign, Holder, Only, Progress, Reach, Request, Standing
from db import tables as t
from db.stores.base import Store

_C, _R, _K, _D = t.SupplementCampaign, t.SupplementRequest, t.CaseRow, t.DocumentRow
_GONE = [str(state) for state in (State.ABANDONED, State.EXPIRED, State.TERMINATED)]
_STANDING = case(
    (_R.cancelled_at.is_not(None), str(Standing.CANCELLED)),
    (_R.case_id.is_(None), str(Standing.WAITING)),
    (_K.state.in_([str(state) for state in WITH_CUSTOMER]), str(Standing.STARTED)),
    (_K.state.in_(_GONE), str(Standing.ENDED)),
    else_=str(Standing.SIGNED),
)


class Supplements(Store):
    """Where a request stands follows from its case, so nothing has to be told to it."""

    # -- whom to ask
    def holders(self) -> list[Holder]:
        """Every customer with an account, in the order of the accounts; nothing sealed is opened."""
        table = t.Customer
        columns = (table.id, table.capital_account, table.exchanges, table.investor_class, table.level)
        query = select(*columns).where(table.firm_id == self.work.firm_id, table.capital_account.is_not(None))
        found = self.work.connection.execute(query.order_by(table.capital_account)).fetchall()
        branches, levels = self._branches_and_levels()
        return [
            Holder(
                r.id, r.capital_account, tuple(r.exchanges), r.investor_class, levels.get(r.id, r.level),
                branches.get(r.id, ""),
            )
            for r in found
        ]  # fmt: skip

    def _branches_and_levels(self) -> tuple[dict[str, str], dict[str, str]]:
        """Customer -> branch of the first business, and the level of the last rating."""
        query = select(_K.customer_id, _K.branch_id, _K.clear).where(
            _K.firm_id == self.work.firm_id, _K.customer_id.is_not(None)
        )
        branches, levels = dict[str, str](), dict[str, str]()
        for row in self.work.connection.execute(query.order_by(_K.created_at)):
            if row.branch_id:
                branches.setdefault(row.customer_id, row.branch_id)
            if row.clear.get("level"):
                levels[row.customer_id] = row.clear["level"]
        return branches, levels

    def signed_versions(self, codes: Collection[str]) -> dict[tuple[str, str], str]:
        """The version of each of these agreements that a customer signed last, by (customer, code)."""
        of_customer = and_(_K.firm_id == _D.firm_id, _K.id == _D.case_id)
        query = (
            select(_K.customer_id, _D.code, _D.version)
            .join_from(_D, _K, of_customer)
            .where(_D.firm_id == self.work.firm_id, _D.code.in_(codes), _D.state.in_(["signed", "sealed"]))
            .where(_K.customer_id.is_not(None), _K.state.not_in(_GONE))
            .order_by(_D.signed_at)
        )
        return {(r.customer_id, r.code): r.version for r in self.work.connection.execute(query)}

    def busy(self) -> set[str]:
        """Customers with an open case."""
        query = select(_K.customer_id).where(
            _K.firm_id == self.work.firm_id, _K.customer_id.is_not(None), _K.state.in_([str(s) for s in OPEN_STATES])
        )
        return {row.customer_id for row in self.work.connection.execute(query)}

    def asked(self) -> dict[str, set[str]]:
        """Customer -> codes that were asked for and are not signed yet."""
        codes = {campaign.id: campaign.codes for campaign in self.campaigns()}
        found: dict[str, set[str]] = defaultdict(set)
        query = self._standing(_R.campaign_id, _R.customer_id).where(_STANDING.in_([str(s) for s in UNFINISHED]))
        for row in self.work.connection.execute(query):
            found[row.customer_id].update(codes[row.campaign_id])
        return dict(found)

    # -- campaigns
    def add_campaign(self, campaign: Campaign, customer_ids: Collection[str]) -> None:
        """Insert a campaign and a request for each of its customers."""
        names = ("id", "value", "reason", "requested_by", "created_at", "consequence", "remind_days")
        self.add(
            _C, **{name: getattr(campaign, name) for name in names}, codes=list(campaign.codes),
            reach=str(campaign.reach), due_on=str(campaign.due_on), told_on=str(campaign.told_on),
            only=campaign.only.named(),
        )  # fmt: skip
        rows = [
            {"firm_id": self.work.firm_id, "id": self.work.new_id(), "campaign_id": campaign.id, "customer_id": each}
            for each in customer_ids
        ]
        if rows:
            self.work.connection.execute(insert(_R), rows)

    def _campaign(self, r: Row[Any]) -> Campaign:
        return Campaign(
            r.id, tuple(r.codes), Reach(r.reach), r.value, r.reason, date.fromisoformat(r.due_on), r.requested_by,
            r.created_at, date.fromisoformat(r.told_on), Only(**r.only), r.consequence, r.remind_days,
        )  # fmt: skip

    def campaigns(self) -> list[Campaign]:
        """All campaigns, the newest first."""
        return [self._campaign(row) for row in self.rows(_C, order=_C.created_at.desc())]

    def find_campaign(self, campaign_id: str) -> Campaign | None:
        """A campaign or None."""
        found = self.equal(_C, id=campaign_id)
        return self._campaign(found[0]) if found else None

    def progress(self) -> dict[str, Progress]:
        """Campaign -> how many of its customers stand where."""
        counts: dict[str, dict[Standing, int]] = defaultdict(dict)
        query = self._standing(_R.campaign_id, func.count().label("customers"))
        for row in self.work.connection.execute(query.group_by(_R.campaign_id, _STANDING)):
            counts[row.campaign_id][Standing(row.standing)] = row.customers
        return {campaign_id: Progress(found) for campaign_id, found in counts.items()}

    def _standing(self, *columns: Any) -> Select[Any]:
        """SELECT of requests with their standing, joined to their case."""
        to_case = and_(_K.firm_id == _R.firm_id, _K.id == _R.case_id)
        wanted = select(*columns, _STANDING.label("standing")).select_from(_R).outerjoin(_K, to_case)
        return wanted.where(_R.firm_id == self.work.firm_id)

    # -- requests
    def _requests(self) -> Select[Any]:
        number = func.coalesce(_K.number, "").label("number")
        return self._standing(_R.id, _R.campaign_id, _R.customer_id, _R.case_id, _R.told_on, number)

    def _request(self, r: Row[Any]) -> Request:
        return Request(r.id, r.campaign_id, r.customer_id, r.case_id, Standing(r.standing), r.number, r.told_on)

    def requests(self, campaign_id: str, standing: Standing, limit: int) -> list[Request]:
        """Requests of a campaign that stand there, at most `limit`."""
        where = (_R.campaign_id == campaign_id, _STANDING.in_([str(standing)]))
        query = self._requests().where(*where).order_by(_R.id).limit(limit)
        return [self._request(row) for row in self.work.connection.execute(query)]

    def waiting_of(self, customer_id: str) -> list[tuple[str, Campaign]]:
        """(request id, campaign) of everything that waits for this customer, the nearest due day first."""
        found = self.equal(_R, missing=("case_id", "cancelled_at"), customer_id=customer_id)
        pairs = [(row.id, self.find_campaign(row.campaign_id)) for row in found]
        known = [(request_id, campaign) for request_id, campaign in pairs if campaign]
        return sorted(known, key=lambda pair: (pair[1].due_on, pair[1].created_at))

    def of_case(self, case_id: str) -> list[Campaign]:
        """The campaigns that a case answers, the nearest due day first."""
        found = [self.find_campaign(row.campaign_id) for row in self.equal(_R, case_id=case_id)]
        return sorted((each for each in found if each), key=lambda each: (each.due_on, each.created_at))

    def begin(self, request_ids: Collection[str], case_id: str) -> None:
        """The customer came: these requests are answered by this case."""
        self._change(_R.id.in_(request_ids), case_id=case_id)

    def cancel(self, campaign_id: str) -> int:
        """Let off everybody of a campaign who has not begun; how many."""
        where = (_R.campaign_id == campaign_id, _R.case_id.is_(None), _R.cancelled_at.is_(None))
        return self._change(*where, cancelled_at=self.work.now)

    def _change(self, *where: Any, **values: Any) -> int:
        query = update(_R).where(_R.firm_id == self.work.firm_id, *where).values(**values)
        return self.work.connection.execute(query).rowcount

    # -- messages
    def tell_again(self, campaign_id: str, day: date) -> bool:
        """Ask for an SMS to everybody who has not signed; False when that day had its message already."""
        where = (_C.firm_id == self.work.firm_id, _C.id == campaign_id, _C.told_on < str(day))
        return self.work.update_one(_C, where, told_on=str(day))

    def untold(self, campaign: Campaign, limit: int) -> list[Request]:
        """Unfinished requests whose customer did not get the campaign's last message yet."""
        unfinished = _STANDING.in_([str(s) for s in UNFINISHED])
        where = (_R.campaign_id == campaign.id, _R.told_on < str(campaign.told_on), unfinished)
        query = self._requests().where(*where).order_by(_R.id).limit(limit)
        return [self._request(row) for row in self.work.connection.execute(query)]

    def note_told(self, request_ids: Collection[str], day: date) -> None:
        """These customers got the message of that day."""
        self._change(_R.id.in_(request_ids), told_on=str(day))
