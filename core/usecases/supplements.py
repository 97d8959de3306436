"""补签协议, the firm's side: who would be asked, asking them, how far they are, reminding, letting off (R007)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, TooMany, WrongState
from core.flow import Rules
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.rules.calendar import local_day
from core.rules.exchanges import names_of
from core.rules.masks import mask_name
from core.sentence import Sentence
from core.supplement import (
    Campaign,
    Demand,
    Holder,
    Progress,
    Reach,
    Request,
    Standing,
    asked_agreements,
    chosen,
    problems,
)
from core.usecases.loading import rules_for

MOST = 50
"""Customers that a list names; the rest is only counted."""
CLASSES: Mapping[str, str] = {"ordinary": "普通投资者", "professional": "专业投资者"}


@dataclass(frozen=True)
class Choices:
    """What a demand may name, with titles: agreements by code, exchanges … `versions` signed before, by code."""

    agreements: Mapping[str, str]
    exchanges: Mapping[str, str]
    classes: Mapping[str, str]
    branches: Mapping[str, str]
    levels: Mapping[str, str]
    versions: Mapping[str, tuple[str, ...]]
    today: date


@dataclass(frozen=True)
class Preview:
    """Whom a demand would reach; `asked` were left out, `busy` finish another business first."""

    customers: int
    busy: int
    asked: int
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """A campaign as staff see it."""

    campaign: Campaign
    agreements: tuple[str, ...]
    audience: str
    by: str
    progress: Progress
    overdue: int


@dataclass(frozen=True)
class Asked:
    """One customer of a campaign, masked."""

    customer: str
    account: str
    request: Request


def choices(desk: Desk, actor: Actor) -> Choices:
    """What may be asked for now."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        rules = rules_for(work)
        titles = _titles(rules)
        signed = work.supplements.signed_versions(list(titles))
        versions = {code: tuple(sorted({v for (_, of), v in signed.items() if of == code})) for code in titles}
        return Choices(
            titles, _exchanges(rules), CLASSES, dict(rules["branches"]), _levels(rules), versions, local_day(work.now)
        )


def _levels(rules: Rules) -> dict[str, str]:
    return {row["code"]: f"{row['code']} {row['name']}" for row in rules["match_table"]["levels"]}


def _titles(rules: Rules) -> dict[str, str]:
    rows = asked_agreements(rules["agreements"]["agreements"])
    return {
        code: Sentence("{title}（版本 {version}）", title=row["title"], version=row["version"])
        for code, row in rows.items()
    }


def _exchanges(rules: Rules) -> dict[str, str]:
    return {row["code"]: names_of([row["code"]], rules["exchanges"]) for row in rules["exchanges"]["exchanges"]}


def demand_problems(desk: Desk, actor: Actor, demand: Demand) -> dict[str, str]:
    """What is wrong with a demand, by field."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        return _problems(work, demand)


def _problems(work: Work, demand: Demand) -> dict[str, str]:
    rules = rules_for(work)
    values: dict[Reach, Any] = {Reach.EXCHANGE: _exchanges(rules), Reach.CLASS: CLASSES}
    return problems(demand, _titles(rules), values, local_day(work.now))


def preview_supplements(desk: Desk, actor: Actor, demand: Demand) -> Preview:
    """How many customers a demand would reach; nothing is written."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        found, asked = _meant(work, demand)
        busy = work.supplements.busy()
        known = {holder.account for holder in work.supplements.holders()} if demand.accounts else set()
        unknown = tuple(each for each in demand.accounts if each not in known)
        return Preview(len(found), sum(each.customer_id in busy for each in found), asked, unknown)


def _meant(work: Work, demand: Demand) -> tuple[list[Holder], int]:
    """The customers to ask, and how many were left out because all of this is asked of them already."""
    rows = asked_agreements(rules_for(work)["agreements"]["agreements"])
    present = {code: str(row["version"]) for code, row in rows.items()}
    asks_signed = demand.reach is Reach.OUTDATED or demand.only.version
    signed = work.supplements.signed_versions(demand.codes) if asks_signed else {}
    found = chosen(work.supplements.holders(), demand, signed, present)
    before = work.supplements.asked()
    fresh = [each for each in found if not set(demand.codes) <= before.get(each.customer_id, set())]
    return fresh, len(found) - len(fresh)


def start_supplements(desk: Desk, actor: Actor, demand: Demand) -> int:
    """Ask these customers and tell them by SMS; how many. A second press finds nobody left to ask.

    Raises `WrongState` for a demand with mistakes or without customers.
    """
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        mistakes = _problems(work, demand)
        if mistakes:
            raise WrongState(next(iter(mistakes.values())))
        work.number("supplement")  # holds back whoever starts one at the same moment, so that nobody is asked twice
        found, _ = _meant(work, demand)
        if not found:
            raise WrongState("没有需要补签的客户，可能已经发起过。")
        today = local_day(work.now)
        campaign = Campaign(
            work.new_id(), demand.codes, demand.reach, demand.value, demand.reason, demand.due_on, actor.id,
            work.now, today, demand.only, demand.consequence, demand.remind_days,
        )  # fmt: skip
        work.supplements.add_campaign(campaign, [each.customer_id for each in found])
        tell(work, campaign)
        facts: dict[str, Any] = {
            "reach": demand.reach,
            "value": demand.value,
            "documents": demand.codes,
            "due": str(demand.due_on),
        }
        facts |= {"only": demand.only.named(), "consequence": bool(demand.consequence)}
        work.audit(
            actor, Tag.STAFF_SUPPLEMENT_START, f"supplement:{campaign.id}", customers=len(found), **facts
        )  # fmt: skip
        return len(found)


def tell(work: Work, campaign: Campaign) -> None:
    """Post the job that sends the campaign's message of its last day of telling."""
    key = f"supplement|{campaign.id}|{campaign.told_on}"
    work.jobs.post("tell_supplements", {"campaign": campaign.id}, dedupe=key)


def campaign_list(desk: Desk, actor: Actor) -> list[Listed]:
    """All campaigns with their progress, the newest first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        rules, progress = rules_for(work), work.supplements.progress()
        names = {f"staff:{member.id}": member.name for member in work.people.all_staff()}
        return [
            _listed(each, rules, progress.get(each.id, Progress()), names, local_day(work.now))
            for each in work.supplements.campaigns()
        ]


def _listed(campaign: Campaign, rules: Rules, progress: Progress, names: Mapping[str, str], today: date) -> Listed:
    titles = {row["code"]: str(row["title"]) for row in rules["agreements"]["agreements"]}
    return Listed(
        campaign, tuple(titles.get(code, code) for code in campaign.codes), _audience(campaign, rules),
        names.get(campaign.requested_by, ""), progress, progress.overdue(campaign.due_on, today),
    )  # fmt: skip


def _audience(campaign: Campaign, rules: Rules) -> str:
    named = {
        Reach.ALL: "全部已开户客户",
        Reach.EXCHANGE: Sentence("已开通{exchange}的客户", exchange=names_of([campaign.value], rules["exchanges"]))
        if campaign.value
        else "",
        Reach.CLASS: CLASSES.get(campaign.value, ""),
        Reach.OUTDATED: "签过旧版本的客户",
        Reach.ACCOUNTS: "按资金账号指定",
    }
    return "；".join([named[campaign.reach], *_narrowed(campaign, rules)])


def _narrowed(campaign: Campaign, rules: Rules) -> list[str]:
    only = campaign.only
    titles = {
        "branch": rules["branches"].get(only.branch, only.branch),
        "exchange": Sentence("已开通{names_of}", names_of=names_of([only.exchange], rules["exchanges"])),
        "investor_class": CLASSES.get(only.investor_class, ""),
        "level": _levels(rules).get(only.level, only.level),
        "version": Sentence("最后签署的是版本 {version}", version=only.version),
    }
    return [str(titles[key]) for key in only.named()]


def customers_of(desk: Desk, actor: Actor, campaign_id: str, standing: Standing) -> Sequence[Asked]:
    """Who of a campaign stands there, masked, at most `MOST`."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        return [_asked(work, each) for each in work.supplements.requests(campaign_id, standing, MOST)]


def _asked(work: Work, request: Request) -> Asked:
    customer = work.people.find_customer(customer_id=request.customer_id)
    if customer is None:
        return Asked("", "", request)
    return Asked(mask_name(customer.name), f"**** {str(customer.capital_account or '')[-4:]}", request)


def remind_supplements(desk: Desk, actor: Actor, campaign_id: str) -> None:
    """Another SMS to everybody who has not signed; `TooMany` for a second one on the same day."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        campaign, today = _get(work, campaign_id), local_day(work.now)
        if not work.supplements.tell_again(campaign_id, today):
            raise TooMany("今天已经发过短信，请明天再提醒。")
        tell(work, replace(campaign, told_on=today))
        work.audit(actor, Tag.STAFF_SUPPLEMENT_REMIND, f"supplement:{campaign_id}")


def cancel_supplements(desk: Desk, actor: Actor, campaign_id: str) -> int:
    """Let off everybody who has not begun; how many. Who has begun goes on."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.AGREEMENT_MANAGE)
        _get(work, campaign_id)
        count = work.supplements.cancel(campaign_id)
        if count:
            work.audit(actor, Tag.STAFF_SUPPLEMENT_CANCEL, f"supplement:{campaign_id}", customers=count)
        return count


def _get(work: Work, campaign_id: str) -> Campaign:
    found = work.supplements.find_campaign(campaign_id)
    if found is None:
        raise NotFound
    return found
