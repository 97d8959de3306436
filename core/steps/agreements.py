"""阅读相关协议: each document read to its end on the server's clock, then one tick for all (R123-R126)."""

from __future__ import annotations

from datetime import datetime

from core.agreements import Agreement, agreements_for
from core.flow import Answers, Checked, Facts, Phase, Rules, Step, fingerprint


def unread(facts: Facts, rules: Rules, now: datetime) -> list[Agreement]:
    """Documents that still have to be read in their present form."""
    return _unread(agreements_for("agreements", facts, rules, now), facts)


def _unread(documents: list[Agreement], facts: Facts) -> list[Agreement]:
    return [d for d in documents if not facts.proof("read", d.code, d.fingerprint, "agreements")]


def check(answers: Answers, facts: Facts, rules: Rules, now: datetime) -> Checked:
    """All read, and agreed to in exactly this form."""
    documents = agreements_for("agreements", facts, rules, now)
    left = _unread(documents, facts)
    if left:
        return Checked({left[0].code: "请完整阅读该协议内容。"})
    form = fingerprint("agreed", [d.fingerprint for d in documents])
    if answers.get("agreed") is not True or answers.get("form", form) != form:
        return Checked({"agreed": "请勾选“我已阅读并同意以上所有协议和业务规则内容”。"})
    return Checked(values={"agreed": True, "form": form})


STEP = Step("agreements", "阅读相关协议", Phase.SIGN, check, hint="请逐份读到末尾。")
