"""补签协议: whom a campaign asks to sign which agreements again, and how far it has come (R007)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.sentence import Sentence

ACCOUNT = re.compile(r"\d{8}")
MOST_REASON = 40
"""Characters; the reason stands in an SMS."""
MOST_DAYS = 366
MOST_CONSEQUENCE = 60
"""Characters of what happens to who has not signed in time; customers and staff read it."""
REMINDERS: Mapping[int, str] = {0: "不自动提醒", 1: "截止前 1 天", 3: "截止前 3 天", 7: "截止前 7 天"}
"""Days before the last one on which an SMS goes out by itself; another one goes the day after it."""


class Reach(StrEnum):
    """How the customers of a campaign are chosen; all of them have an account."""

    ALL = "all"
    EXCHANGE = "exchange"
    CLASS = "investor_class"
    OUTDATED = "outdated"
    ACCOUNTS = "accounts"


class Standing(StrEnum):
    """How far one customer has come; follows from the request and its case, never stored."""

    WAITING = "waiting"
    STARTED = "started"
    SIGNED = "signed"
    ENDED = "ended"
    CANCELLED = "cancelled"


STANDING_TITLES: Mapping[Standing, str] = {
    Standing.WAITING: "等待客户登录",
    Standing.STARTED: "办理中",
    Standing.SIGNED: "已签署",
    Standing.ENDED: "已终止",
    Standing.CANCELLED: "已取消",
}
UNFINISHED = (Standing.WAITING, Standing.STARTED)


@dataclass(frozen=True)
class Holder:
    """A customer with an account, without anything personal but the number of the account.

    `branch` is that of the customer's first business, empty without one; `level` is empty without a rating.
    """

    customer_id: str
    account: str
    exchanges: tuple[str, ...]
    investor_class: str
    level: str = ""
    branch: str = ""


@dataclass(frozen=True)
class Only:
    """Narrows a demand to customers that fit everything that is named here; `version` is the one signed last."""

    branch: str = ""
    exchange: str = ""
    investor_class: str = ""
    level: str = ""
    version: str = ""

    def named(self) -> dict[str, str]:
        """What is named, by its key."""
        return {key: value for key, value in asdict(self).items() if value}

    def fits(self, holder: Holder, versions: Collection[str]) -> bool:
        """`versions` are those of the demand's agreements that the customer signed last."""
        return (
            self.branch in ("", holder.branch)
            and (not self.exchange or self.exchange in holder.exchanges)
            and self.investor_class in ("", holder.investor_class)
            and self.level in ("", holder.level)
            and (not self.version or self.version in versions)
        )


@dataclass(frozen=True)
class Demand:
    """What staff ask for: agreements by code, whom, until when (a day in Shanghai), and why in words for customers."""

    codes: tuple[str, ...]
    reach: Reach
    due_on: date
    reason: str
    value: str = ""
    """The exchange or investor class of `reach`."""
    accounts: tuple[str, ...] = ()
    only: Only = Only()
    consequence: str = ""
    """What happens to who has not signed in time, in words for customers and staff; empty: nothing is said."""
    remind_days: int = 0


@dataclass(frozen=True)
class Campaign:
    """A demand that was sent out; `told_on` is the last day on which its customers were to get an SMS."""

    id: str
    codes: tuple[str, ...]
    reach: Reach
    value: str
    reason: str
    due_on: date
    requested_by: str
    created_at: datetime
    told_on: date
    only: Only = Only()
    consequence: str = ""
    remind_days: int = 0

    def reminds_on(self, day: date) -> bool:
        """Whether an SMS goes out by itself on that day: some days before the last one, and the day after it."""
        ahead = (self.due_on - day).days
        return bool(self.remind_days) and ahead in (self.remind_days, -1)


@dataclass(frozen=True)
class Request:
    """One customer of a campaign; `told_on` is empty before the first SMS."""

    id: str
    campaign_id: str
    customer_id: str
    case_id: str | None
    standing: Standing
    case_number: str
    told_on: str


@dataclass(frozen=True)
class Progress:
    """How many customers of a campaign stand where."""

    counts: Mapping[Standing, int] = field(default_factory=dict)

    def of(self, *standings: Standing) -> int:
        """Customers in any of these standings."""
        return sum(self.counts.get(each, 0) for each in standings)

    @property
    def total(self) -> int:
        """All that were asked and not let off."""
        return self.of(*(each for each in Standing if each is not Standing.CANCELLED))

    def overdue(self, due_on: date, today: date) -> int:
        """Who has not signed although the day is over."""
        return self.of(*UNFINISHED) if today > due_on else 0


def account_numbers(text: str) -> tuple[str, ...]:
    """What was pasted, split at spaces, line ends and commas, each once, in order."""
    return tuple(dict.fromkeys(part for part in re.split(r"[\s,，;；、]+", text) if part))


def chosen(
    holders: Iterable[Holder], demand: Demand, signed: Mapping[tuple[str, str], str], present: Mapping[str, str]
) -> list[Holder]:
    """The holders whom a demand means.

    `signed` has the version last signed by (customer, code), `present` the version in force by code. Outdated is who
    signed one of the agreements once, but not in its present version; who never signed it was never bound by it.
    """
    accounts = set(demand.accounts)

    def outdated(holder: Holder) -> bool:
        return any(signed.get((holder.customer_id, code), present[code]) != present[code] for code in demand.codes)

    asks: Mapping[Reach, Callable[[Holder], bool]] = {
        Reach.ALL: lambda _: True,
        Reach.EXCHANGE: lambda holder: demand.value in holder.exchanges,
        Reach.CLASS: lambda holder: demand.value == holder.investor_class,
        Reach.ACCOUNTS: lambda holder: holder.account in accounts,
        Reach.OUTDATED: outdated,
    }

    def versions(holder: Holder) -> set[str]:
        return {signed[holder.customer_id, code] for code in demand.codes if (holder.customer_id, code) in signed}

    found = [holder for holder in holders if asks[demand.reach](holder)]
    return [holder for holder in found if demand.only.fits(holder, versions(holder))]


def problems(
    demand: Demand, choices: Collection[str], values: Mapping[Reach, Collection[str]], today: date
) -> dict[str, str]:
    """What is wrong with a demand, by field; `choices` are the codes there are, `values` what a reach may name."""
    found = {}
    if not demand.codes or not set(demand.codes) <= set(choices):
        found["codes"] = "请选择需要补签的协议。"
    if demand.reach in values and demand.value not in values[demand.reach]:
        found["value"] = "请选择一项。"
    wrong = [each for each in demand.accounts if not ACCOUNT.fullmatch(each)]
    if demand.reach is Reach.ACCOUNTS and (wrong or not demand.accounts):
        found["accounts"] = (
            Sentence("资金账号应为 8 位数字：{wrong}。", wrong="、".join(wrong[:5])) if wrong else "请粘贴资金账号。"
        )
    if not 0 < (demand.due_on - today).days <= MOST_DAYS:
        found["due_on"] = "截止日期应在明天到一年之内。"
    if not 0 < len(demand.reason) <= MOST_REASON or "\n" in demand.reason:
        found["reason"] = Sentence("请填写原因，不超过 {most_reason} 个字，客户会看到。", most_reason=MOST_REASON)
    if len(demand.consequence) > MOST_CONSEQUENCE or "\n" in demand.consequence:
        found["consequence"] = Sentence("逾期后果不超过 {most} 个字，写成一行。", most=MOST_CONSEQUENCE)
    if demand.remind_days not in REMINDERS:
        found["remind_days"] = "请选择自动提醒的时间。"
    return found


def asked_agreements(agreements: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The rows of the firm's agreements that can be asked for: signed ones of the step 阅读相关协议, by code."""
    return {str(row["code"]): row for row in agreements if row["place"] == "agreements" and row["signed"]}
