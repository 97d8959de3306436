"""报送监控中心: a case, or all that wait, as a package of data, signed documents and the regulator's copies of photos.

Downloading a package says nothing about its way to the centre: `mark_sent` records that it went there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.case import Action, State, require
from core.errors import BadFile, NotFound, WrongState
from core.flow import Evidence
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Document, ExchangeRequest
from core.reporting import ApplyStatus, action_of, missing_fields, status_of
from core.rules.calendar import SHANGHAI, local_day
from core.sentence import Sentence
from core.usecases.loading import Loaded, load, rules_for
from core.usecases.read_case import account_of

MOST, LOOKED_AT = 20, 40
"""Cases of one package, and how many of those that wait are looked at for it."""
ID_CARD, FOR_LIFE = "1", "20991231"
_STATES = (State.APPROVED, State.CALLBACK, State.ACTIVE)
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Report:
    """A case as it would go out. `missing` names what has to be added first: such a case is not exported."""

    loaded: Loaded
    account: str
    values: Mapping[str, Any]
    requests: tuple[ExchangeRequest, ...]
    photos: tuple[tuple[Mapping[str, Any], Evidence], ...]
    documents: tuple[tuple[Document, Evidence], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """What is handed out: a name, when it was made, and its files one after the other."""

    name: str
    made_at: datetime
    files: Callable[[], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True)
class Outbox:
    """What waits to be sent: the cases of the next package, how many wait in all, and who lacks what."""

    ready: tuple[str, ...]
    total: int
    incomplete: Mapping[str, tuple[str, ...]]


def export_case(desk: Desk, actor: Actor, case_id: str) -> Package:
    """One case as a package, on record. Raises `WrongState` before the approval and while something is missing."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        report = _report(work, case_id)
        if report.missing:
            raise WrongState(Sentence("资料未补全，不能导出：{listed}。", listed="、".join(report.missing)))
        return _package(desk, work, actor, [report])


def export_waiting(desk: Desk, actor: Actor) -> Package:
    """Every complete case with something to send, at most `MOST`, the oldest first; `NotFound` when there is none."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        found = [each for each in _waiting(work)[0] if not each.missing][:MOST]
        if not found:
            raise NotFound("没有等待报送的业务。")
        return _package(desk, work, actor, found)


def outbox(desk: Desk, actor: Actor) -> Outbox:
    """What waits; names of cases only, so that reading it is no personal read."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        found, total = _waiting(work)
    ready = [each.loaded.case.id for each in found if not each.missing]
    incomplete = {each.loaded.case.number: each.missing for each in found if each.missing}
    return Outbox(tuple(ready[:MOST]), total, incomplete)


def missing_of(desk: Desk, actor: Actor, case_id: str) -> tuple[str, ...]:
    """What has to be added before a case can be exported."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        return _report(work, case_id).missing


def mark_sent(desk: Desk, actor: Actor, case_ids: Collection[str]) -> int:
    """The packages of these cases went to the centre: requests without a success wait for an answer. How many did."""
    sent = 0
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        for case_id in case_ids:
            report = _report(work, case_id)
            wanted = [each.exchange for each in report.requests if _may_send(each)]
            if report.missing or not wanted:
                continue
            for exchange in wanted:
                work.results.note_sent(case_id, exchange)
            work.audit(actor, Tag.STAFF_EXCHANGE_SEND, f"case:{case_id}", exchanges=wanted)
            sent += 1
    return sent


def _may_send(request: ExchangeRequest) -> bool:
    return status_of(request) in (ApplyStatus.INCOMPLETE, ApplyStatus.REFUSED)


def _waiting(work: Work) -> tuple[list[Report], int]:
    """The cases looked at for the next package, the longest waiting first, and how many wait in all."""
    found = work.results.unsent(_STATES)
    return [_report(work, case_id) for case_id in found[:LOOKED_AT]], len(found)


def _report(work: Work, case_id: str) -> Report:
    loaded = load(work, case_id)
    require(loaded.case, Action.REPORT)
    requests, profile = tuple(work.results.requests(case_id)), rules_for(work)["reporting"]
    if not requests:
        raise NotFound("这笔业务没有交易编码申请。")
    account = account_of(work, loaded.case) or ""
    values = {each["name"]: _value(work, loaded, account, each["source"]) for each in profile["fields"]}
    photos = [(rule, _newest(loaded, rule["slots"])) for rule in profile["photos"]]
    held = [(each, work.cases.find_evidence(str(each.signed_file))) for each in
            work.documents.of_case(case_id, "signed", "sealed") if each.signed_file]  # fmt: skip
    lacking = [str(rule["title"]) for rule, item in photos if item is None and rule["required"]]
    return Report(
        loaded, account, values, requests,
        photos=tuple((rule, item) for rule, item in photos if item),
        documents=tuple((document, found[0]) for document, found in held if found),
        missing=(*missing_fields(profile, values), *lacking),
    )  # fmt: skip


def _newest(loaded: Loaded, slots: Collection[str]) -> Evidence | None:
    """The newest picture of the first of these slots that has one."""
    return next((loaded.facts.slot(slot)[-1] for slot in slots if loaded.facts.slot(slot)), None)


def _value(work: Work, loaded: Loaded, account: str, source: str) -> Any:
    """The value of a declared source; None when the case has none."""
    case, profile = loaded.case, loaded.facts.values("profile")
    if source.startswith("profile."):
        return profile.get(source.removeprefix("profile."))
    day = local_day(case.submitted_at or case.created_at)
    known: Mapping[str, Callable[[], Any]] = {
        "account": lambda: account, "action": lambda: str(action_of(loaded.business.ending)),
        "card_type": lambda: ID_CARD, "case.branch": lambda: case.branch_id, "case.business": lambda: case.business,
        "case.number": lambda: case.number, "day": lambda: f"{day:%Y%m%d}", "level": lambda: case.clear.get("level"),
        "phone": lambda: _phone(work, loaded),
        "valid_to": lambda: FOR_LIFE if profile.get("long_term") else profile.get("valid_to"),
    }  # fmt: skip
    return known[source]()


def _phone(work: Work, loaded: Loaded) -> str:
    customer = work.people.find_customer(customer_id=loaded.case.customer_id or "")
    return customer.phone if customer else str(loaded.facts.values("profile").get("phone") or "")


# -- the package
def _package(desk: Desk, work: Work, actor: Actor, reports: list[Report]) -> Package:
    """On record, each case by itself; the files are read while they are sent, one at a time."""
    profile, now = rules_for(work)["reporting"], work.now
    for report in reports:
        work.audit(actor, Tag.STAFF_REPORT_EXPORT, f"case:{report.loaded.case.id}", profile=profile["profile"])
    single = reports[0].loaded.case.number if len(reports) == 1 else ""
    name = f"report-{single or now.astimezone(SHANGHAI).strftime('%Y%m%d-%H%M%S')}.zip"

    def files() -> Iterator[tuple[str, bytes]]:
        for report in reports:
            yield from _files(desk, actor.firm_id, profile, report)

    return Package(name, now, files)


def _files(desk: Desk, firm_id: str, profile: Mapping[str, Any], report: Report) -> Iterator[tuple[str, bytes]]:
    """Photos first: the data name every file with its size and hash."""
    listed: list[dict[str, Any]] = []
    for rule, item in report.photos:
        data = _photo(desk, firm_id, item, rule)
        name = _name(profile, "photo", report, code=rule["code"])
        digest = hashlib.sha256(data).hexdigest()
        listed.append({"file": name, "title": rule["title"], "bytes": len(data), "sha256": digest})
        yield _path(profile, report, name), data
    for number, (document, item) in enumerate(report.documents, 1):
        name = _name(profile, "document", report, number=f"{number:02d}", agreement=document.code)
        listed.append({"file": name, "title": document.title, "bytes": item.size, "sha256": item.sha256})
        yield _path(profile, report, name), _bytes(desk, firm_id, item)
    body = _data(profile, report) | {"Files": listed}
    text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    yield _path(profile, report, _name(profile, "data", report)), text.encode()


def _data(profile: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The declared fields under their names, and the request at each exchange."""
    names = profile["applications"]
    rows = [
        {names["exchange"]: each.exchange, names["status"]: str(status_of(each)), names["return"]: each.return_code}
        for each in report.requests
    ]
    return {"Profile": profile["profile"], **report.values, names["name"]: rows}


def _bytes(desk: Desk, firm_id: str, item: Evidence) -> bytes:
    reader = desk.vault.open(firm_id, item.file_id)
    return reader.read(0, reader.size)


def _photo(desk: Desk, firm_id: str, item: Evidence, rule: Mapping[str, Any]) -> bytes:
    """The regulator's copy of a photo; raises `BadFile` for what is no JPEG."""
    if item.mime != "image/jpeg":
        raise BadFile
    return desk.images.within(_bytes(desk, firm_id, item), int(rule["max_kb"]) * 1024)


def _name(profile: Mapping[str, Any], kind: str, report: Report, **parts: str) -> str:
    """A file's name by the profile; what could lead out of the folder becomes an underscore."""
    said = {"account": report.account, "day": f"{local_day(report.loaded.now):%Y%m%d}", **parts}
    named = profile["names"][kind].format(case=report.loaded.case.number, **said)
    return _UNSAFE.sub("_", named).lstrip(".")


def _path(profile: Mapping[str, Any], report: Report, name: str) -> str:
    return f"{_name(profile, 'folder', report)}-{report.loaded.case.number}/{name}"
