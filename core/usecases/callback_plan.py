"""The phone callback (R174): until when it is promised, and what it asks, from firm data `callback_topics`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from core.flow import Rules
from core.rules.calendar import Calendar, review_due_at
from core.rules.firm_choices import ALWAYS, IF_FLAGGED, phone_callback
from core.rules.service_hours import ServiceHours
from core.rules.suitability import level_name
from core.steps import exchanges
from core.steps.conditions import holds
from core.usecases.loading import Loaded


@dataclass(frozen=True)
class Topic:
    """One topic of the call as staff read it; texts carry the values of the case."""

    key: str
    title: str
    ask: str
    expect: str
    red_flag: str
    required: bool


@dataclass(frozen=True)
class CallPlan:
    """What is said in the call, from greeting to end."""

    opening: str
    topics: tuple[Topic, ...]
    closing: str


def callback_due(approved_at: datetime, rules: Rules, calendar: Calendar) -> datetime:
    """End of service on the trading day after the approval (R174: within one trading day)."""
    return review_due_at(approved_at, ServiceHours.of(rules["service_hours"], "witness"), calendar)


def is_called_back(loaded: Loaded) -> bool:
    """Whether the firm calls before it activates this account: always, never, or for answers that need it (C15).

    Where the firm did not ask the questions online nothing is known, so it calls.
    """
    when = phone_callback(loaded.rules["business_rules"], loaded.case.business)
    follow_up = loaded.facts.answers.get("follow_up")
    flagged = follow_up is None or bool(follow_up.values.get("flags"))
    return when == ALWAYS or (when == IF_FLAGGED and flagged)


def call_plan(loaded: Loaded, staff_name: str) -> CallPlan:
    """The firm's topics that apply to this case, their texts filled; KeyError for an unknown placeholder."""
    body, facts, rules = loaded.rules["callback_topics"], loaded.facts, loaded.rules
    level, lowest = exchanges.rating(facts)
    values = {
        "firm": rules["firm"]["name"], "hotline": rules["firm"]["hotline"], "staff": staff_name,
        "business": loaded.business.title, "name": str(facts.values("profile").get("name", "")),
        "level": level_name(level, lowest, rules["match_table"]),
    }  # fmt: skip
    topics = tuple(
        Topic(row["key"], row["title"], row["ask"].format_map(values), row["expect"].format_map(values),
              (row["red_flag"] or "").format_map(values), bool(row["required"]))
        for row in body["topics"]
        if holds(row["when"], facts, rules)
    )  # fmt: skip
    return CallPlan(body["opening"].format_map(values), topics, body["closing"].format_map(values))


def missing_topics(plan: CallPlan, asked: Collection[str]) -> list[str]:
    """Titles of required topics that were not asked yet."""
    return [topic.title for topic in plan.topics if topic.required and topic.key not in asked]
