"""协议下载: what a customer signed, whether the signatures hold, and everything as one bundle (R006, R134)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.businesses import business
from core.case import Case, State
from core.errors import NotAllowed, NotFound
from core.flow import Evidence
from core.ports import Desk, VaultReader, Work
from core.records import Document
from core.rules.calendar import SHANGHAI
from core.sentence import Sentence
from core.usecases.certificates import authority_of
from core.usecases.loading import firm_of
from core.usecases.start_case import customer_id_of

VOID, NO_EFFECT = "已作废", "业务未办成"
_GONE = {State.ABANDONED, State.EXPIRED, State.TERMINATED}
_UNSAFE = re.compile(r"[^\w.-]+")
_MOST_CHECKED = 5000
_checked: dict[tuple[str, str], SignatureState] = {}
"""A stored file never changes, so its signatures are looked at once per process. Nothing personal stands in it."""


@dataclass(frozen=True)
class SignatureState:
    """What the server found in a file: the number of good signatures, whether one is not, the first serial (hex)."""

    good: int = 0
    broken: bool = False
    serial: str = ""

    @property
    def words(self) -> str:
        """For customers."""
        if self.broken:
            return "签名核验没有通过，请联系服务热线"
        if not self.good:
            return "文件暂时无法读取，请稍后再试"
        seal = "已加盖电子印章" if self.good > 1 else "待盖电子印章"
        return Sentence("签名有效、已加盖时间戳、{seal}", seal=seal)


@dataclass(frozen=True)
class OwnDocument:
    """A signed document; `old` says why it does not count any more, empty while it does. No `file`: it is missing."""

    document: Document
    case: Case
    title: str
    file: Evidence | None
    old: str


@dataclass(frozen=True)
class Bundle:
    """Everything as one file: (path in it, reader) for each document, and small texts beside them."""

    made_at: datetime
    files: tuple[tuple[str, VaultReader], ...]
    texts: Mapping[str, str]


def own_documents(desk: Desk, actor: Actor) -> list[OwnDocument]:
    """The signed documents of the customer: the newest business first, in signing order; replaced ones too."""
    if actor.is_staff:
        raise NotAllowed
    with desk.read(actor.firm_id) as work:
        found = [
            (case, document)
            for case in work.cases.of_owner(actor.id, customer_id_of(actor))
            for document in work.documents.of_case(case.id, "signed", "sealed", "void")
            if document.signed_file
        ]
        newest = _newest([pair for pair in found if not _without_effect(*pair)])
        return [_own(work, case, document, newest) for case, document in found]


def _without_effect(case: Case, document: Document) -> str:
    if document.state == "void":
        return VOID
    return NO_EFFECT if case.state in _GONE else ""


def _newest(found: Sequence[tuple[Case, Document]]) -> dict[str, Document]:
    """The last one signed of each code."""
    dated = [(document.signed_at, document) for _, document in found if document.signed_at]
    return {document.code: document for _, document in sorted(dated, key=lambda pair: pair[0])}


def _own(work: Work, case: Case, document: Document, newest: Mapping[str, Document]) -> OwnDocument:
    held = work.cases.find_evidence(str(document.signed_file))
    last = newest.get(document.code, document)
    replaced = Sentence("已签新版本 {version}", version=last.version) if last.version != document.version else ""
    old = _without_effect(case, document) or replaced
    return OwnDocument(document, case, business(case.business).title, held[0] if held else None, old)


def check_signatures(desk: Desk, firm_id: str, found: OwnDocument) -> SignatureState:
    """Look at the signatures of a file (some 50 ms at the first time); never inside a transaction."""
    if found.file is None:
        return SignatureState()
    key = (firm_id, found.file.sha256)
    if key not in _checked:
        if len(_checked) >= _MOST_CHECKED:
            _checked.clear()
        _checked[key] = _check(desk, firm_id, found.file)
    return _checked[key]


def _check(desk: Desk, firm_id: str, file: Evidence) -> SignatureState:
    reader = desk.vault.open(firm_id, file.file_id)
    found = desk.papers.verify(authority_of(desk, firm_id), reader.read(0, reader.size), desk.clock())
    good = sum(each.good for each in found.signatures)
    serial = found.signatures[0].serial if found.signatures else ""
    return SignatureState(good, bool(found.problems), serial)


def export_documents(desk: Desk, actor: Actor) -> Bundle:
    """All signed documents with a list of them, for the customer to keep; on record. `NotFound` without any."""
    found = [each for each in own_documents(desk, actor) if each.file]
    if not found:
        raise NotFound("还没有签署过协议。")
    rows = [_row(desk, actor.firm_id, number, each) for number, each in enumerate(found, 1)]
    with desk.write(actor.firm_id) as work:
        now = work.now
        work.audit(actor, Tag.CUSTOMER_DOCUMENT_EXPORT, actor.id, documents=len(found))
    files = [
        (row["file"], desk.vault.open(actor.firm_id, each.file.file_id))
        for row, each in zip(rows, found, strict=True)
        if each.file
    ]
    return Bundle(now, tuple(files), _manifests(desk, actor.firm_id, rows, now))


def _row(desk: Desk, firm_id: str, number: int, found: OwnDocument) -> dict[str, Any]:
    """One document of the manifest."""
    document, state = found.document, check_signatures(desk, firm_id, found)
    name = _UNSAFE.sub("_", f"{number:02d}-{document.title}-{document.version}")
    folder = "以前的版本和已作废的协议/" if found.old else ""
    return {
        "file": f"{folder}{found.case.number}/{name}.pdf",
        "title": document.title, "code": document.code, "version": document.version,
        "business": found.title, "case_number": found.case.number,
        "signed_at": _time(document.signed_at), "sealed_at": _time(document.sealed_at),
        "sha256": found.file.sha256 if found.file else "",
        "signature": state.words, "certificate_serial": state.serial, "replaced": found.old,
    }  # fmt: skip


def _time(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds") if moment else ""


def _manifests(desk: Desk, firm_id: str, rows: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, str]:
    """The list for programs and for people."""
    firm = firm_of(desk, firm_id)
    root = f"{desk.settings.public_url.rstrip('/')}/pki/{firm.number}/root.cer"
    body = {"firm": firm.name, "made_at": _time(now), "root_certificate": root, "documents": list(rows)}
    lines = [f"{firm.name}　已签署协议清单", f"生成时间：{_time(now)}", f"共 {len(rows)} 份", ""]
    for row in rows:
        lines += _said(row)
    lines += [
        "怎样核验", "1. 用 PDF 阅读器打开文件，在签名面板中查看签名人、签名时间和签名后是否有改动。",
        f"2. 阅读器提示不认识签发机构时，请下载本公司根证书：{root}，并拨打服务热线 {firm.hotline} 核对。",
        "3. 对每个文件计算 SHA-256，与清单中的值一致，说明文件没有被改动。", "",
    ]  # fmt: skip
    return {
        "MANIFEST.json": json.dumps(body, ensure_ascii=False, indent=2) + "\n",
        "MANIFEST.txt": "\ufeff" + "\r\n".join(lines),
    }


def _said(row: Mapping[str, Any]) -> list[str]:
    replaced = f"（{row['replaced']}）" if row["replaced"] else ""
    return [
        f"《{row['title']}》 版本 {row['version']}{replaced}",
        f"  文件：{row['file']}",
        f"  业务：{row['business']}　受理单号：{row['case_number']}",
        f"  签署时间：{row['signed_at']}　{row['signature']}",
        f"  证书序列号：{row['certificate_serial']}",
        f"  SHA-256：{row['sha256']}",
        "",
    ]
