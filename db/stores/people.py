"""Customers, staff, sessions, captchas, SMS codes and counted attempts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from core.actor import Role
from core.flow import Evidence
from core.records import Customer, CustomerFile, SessionRecord, SmsCode, StaffMember
from db import tables as t
from db.stores.base import Store

MOST_FOUND = 20


class People(Store):
    """Everybody who signs in, and the limits on trying."""

    # -- customers
    def find_customer(self, *, id_number: str = "", customer_id: str = "") -> Customer | None:
        """An existing customer by ID number or by internal id."""
        table = t.Customer
        if id_number:
            row = self.row(table, table.id_index == self.index("id_number", id_number))
        else:
            row = self.row(table, table.id == customer_id)
        return self._customer(row) if row else None

    def customers_with(self, field: str, value: str) -> list[Customer]:
        """Customers on file with exactly this `id_number`, `phone`, `name` or `capital_account`, 20 at most."""
        table = t.Customer
        blind = {"id_number": table.id_index, "phone": table.phone_index, "name": table.name_index}
        where = blind[field] == self.index(field, value) if field in blind else table.capital_account == value
        return [self._customer(row) for row in self.rows(table, where, order=table.number, limit=MOST_FOUND)]

    def _customer(self, r: Row[Any]) -> Customer:
        data = self.unseal(t.Customer, "data_sealed", r.id, r.data_sealed)
        return Customer(
            r.id,
            r.number,
            data["name"],
            data["id_number"],
            data["phone"],
            tuple(r.exchanges),
            r.investor_class,
            r.level,
            r.capital_account,
            data.get("id_valid_to", ""),
        )

    def add_customer(self, customer: Customer) -> None:
        """Insert a customer; `Stale` when the ID number is already on file."""
        self.add(t.Customer, id=customer.id, created_at=self.work.now, **self._customer_columns(customer))

    def _customer_columns(self, customer: Customer) -> dict[str, Any]:
        data = {name: getattr(customer, name) for name in ("name", "id_number", "phone", "id_valid_to")}
        return {
            "number": customer.number,
            "exchanges": list(customer.exchanges),
            "investor_class": customer.investor_class,
            "level": customer.level,
            "capital_account": customer.capital_account,
            "id_index": self.index("id_number", customer.id_number),
            "phone_index": self.index("phone", customer.phone),
            "name_index": self.index("name", customer.name),
            "data_sealed": self.seal(t.Customer, "data_sealed", customer.id, data),
        }

    def change_customer(self, customer: Customer) -> None:
        """Store a customer on file as given; the record that stood there before is gone (cases keep the history)."""
        where = (t.Customer.firm_id == self.work.firm_id, t.Customer.id == customer.id)
        self.work.update_one(t.Customer, where, **self._customer_columns(customer))

    def customer_file(self, customer_id: str) -> CustomerFile:
        """客户档案 of a customer; empty when nothing was ever handed in here."""
        row = self.row(t.Customer, t.Customer.id == customer_id)
        if row is None or row.file_sealed is None:
            return CustomerFile()
        data = self.unseal(t.Customer, "file_sealed", customer_id, row.file_sealed)
        photos = tuple(
            Evidence(**{**item, "created_at": datetime.fromisoformat(item["created_at"])}) for item in data["photos"]
        )
        return CustomerFile(data["profile"], data["bank"], data["suitability"], photos)

    def keep_file(self, customer_id: str, file: CustomerFile) -> None:
        """Replace the customer's file."""
        photos = [{**asdict(item), "created_at": item.created_at.isoformat()} for item in file.photos]
        data = {"profile": file.profile, "bank": file.bank, "suitability": file.suitability, "photos": photos}
        blob = self.seal(t.Customer, "file_sealed", customer_id, data)
        where = (t.Customer.firm_id == self.work.firm_id, t.Customer.id == customer_id)
        self.work.update_one(t.Customer, where, file_sealed=blob)

    # -- staff
    def find_staff(self, *, login: str = "", staff_id: str = "") -> StaffMember | None:
        """A member of staff by login or id."""
        where = t.Staff.login == login if login else t.Staff.id == staff_id
        row = self.row(t.Staff, where)
        return self._staff(row) if row else None

    def all_staff(self) -> list[StaffMember]:
        """Everybody, by login."""
        return [self._staff(row) for row in self.rows(t.Staff, order=t.Staff.login)]

    def _staff(self, r: Row[Any]) -> StaffMember:
        secret = self.unseal(t.Staff, "totp_sealed", r.id, r.totp_sealed) if r.totp_sealed else None
        return StaffMember(
            r.id,
            r.login,
            r.name,
            r.licence,
            r.branch_id,
            frozenset(Role(x) for x in r.roles),
            r.password_hash,
            r.active,
            r.failed,
            r.locked_until,
            secret,
            r.totp_last_step,
        )

    def add_staff(self, member: StaffMember) -> None:
        """Insert a member of staff."""
        sealed = self.seal(t.Staff, "totp_sealed", member.id, member.totp_secret) if member.totp_secret else None
        self.add(
            t.Staff,
            id=member.id,
            login=member.login,
            name=member.name,
            licence=member.licence,
            branch_id=member.branch_id,
            roles=sorted(member.roles),
            password_hash=member.password_hash,
            totp_sealed=sealed,
            active=member.active,
        )

    def change_staff(self, staff_id: str, **values: Any) -> None:
        """Change plain columns of a member of staff; `totp_secret` is sealed."""
        if "totp_secret" in values:
            secret = values.pop("totp_secret")
            values["totp_sealed"] = self.seal(t.Staff, "totp_sealed", staff_id, secret) if secret else None
        where = (t.Staff.firm_id == self.work.firm_id, t.Staff.id == staff_id)
        self.work.update_one(t.Staff, where, **values)

    def count_failure(self, staff_id: str) -> int:
        """Count a failed sign-in; how many there are now. Counted in the database, so that none is lost."""
        where = (t.Staff.firm_id == self.work.firm_id, t.Staff.id == staff_id)
        step = update(t.Staff).where(*where).values(failed=t.Staff.failed + 1).returning(t.Staff.failed)
        return int(self.work.connection.execute(step).scalar_one())

    def use_totp_step(self, staff_id: str, step: int) -> bool:
        """Use up a time step of the one-time password; False when it or a later one was used already."""
        where = (t.Staff.firm_id == self.work.firm_id, t.Staff.id == staff_id, t.Staff.totp_last_step < step)
        return self.work.update_one(t.Staff, where, totp_last_step=step)

    # -- sessions
    def add_session(self, session: SessionRecord, ticket_hash: str, until: datetime) -> None:
        """Insert a session that waits for its one-time ticket to be exchanged."""
        phone = self.seal(t.Session, "phone_sealed", session.id, session.phone) if session.phone else None
        self.add(
            t.Session,
            id=session.id,
            kind=session.kind,
            subject=session.subject,
            phone_sealed=phone,
            ticket_hash=ticket_hash,
            ticket_until=until,
            created_at=session.created_at,
            seen_at=self.work.now,
        )

    def redeem_ticket(self, ticket_hash: str, token_hash: str, device: str = "") -> bool:
        """Exchange a ticket once: the session gets its token and kind of device, the ticket is gone."""
        table = t.Session
        where = (
            table.firm_id == self.work.firm_id,
            table.ticket_hash == ticket_hash,
            table.ticket_until > self.work.now,
            table.token_hash.is_(None),
        )
        values = {"token_hash": token_hash, "ticket_hash": None, "seen_at": self.work.now, "device": device or None}
        return self.work.update_one(table, where, **values)

    def find_session(self, *, session_id: str = "", token_hash: str = "") -> SessionRecord | None:
        """A session that was not revoked."""
        table = t.Session
        if token_hash:
            found = self.equal(table, missing=("revoked_at",), token_hash=token_hash)
        else:
            found = self.equal(table, missing=("revoked_at",), id=session_id)
        return self._session(found[0]) if found and found[0].token_hash else None

    def sessions_of(self, subject: str) -> list[SessionRecord]:
        """Sessions of a person that were not revoked, the last used first; some may have expired."""
        found = self.equal(t.Session, missing=("revoked_at",), subject=subject)
        sessions = [self._session(row) for row in found if row.token_hash]
        return sorted(sessions, key=lambda session: session.seen_at, reverse=True)

    def _session(self, r: Row[Any]) -> SessionRecord:
        phone = self.unseal(t.Session, "phone_sealed", r.id, r.phone_sealed) if r.phone_sealed else ""
        return SessionRecord(r.id, r.firm_id, r.kind, r.subject, r.created_at, r.seen_at, phone, r.device or "")

    def touch_session(self, session_id: str) -> None:
        """Note that the session is in use."""
        where = (t.Session.firm_id == self.work.firm_id, t.Session.id == session_id)
        self.work.update_one(t.Session, where, seen_at=self.work.now)

    def revoke_session(self, session_id: str) -> None:
        """End a session for all its tabs."""
        where = (t.Session.firm_id == self.work.firm_id, t.Session.id == session_id)
        self.work.update_one(t.Session, where, revoked_at=self.work.now)

    def revoke_sessions_of(self, subject: str) -> None:
        """End every session of a person."""
        table = t.Session
        where = (table.firm_id == self.work.firm_id, table.subject == subject, table.revoked_at.is_(None))
        self.work.connection.execute(update(table).where(*where).values(revoked_at=self.work.now))

    # -- captchas and codes
    def add_captcha(self, captcha_id: str, answer_mac: bytes) -> None:
        """Store the MAC of a captcha's answer."""
        self.add(t.Captcha, id=captcha_id, answer_mac=answer_mac, created_at=self.work.now)

    def use_captcha(self, captcha_id: str) -> tuple[bytes, datetime] | None:
        """Take an unused captcha: its answer MAC and age; it cannot be used again whatever the answer."""
        where = (
            t.Captcha.firm_id == self.work.firm_id,
            t.Captcha.id == captcha_id,
            t.Captcha.used_at.is_(None),
        )
        row = self.row(t.Captcha, t.Captcha.id == captcha_id)
        if row is None or not self.work.update_one(t.Captcha, where, used_at=self.work.now):
            return None
        return row.answer_mac, row.created_at

    def add_code(self, code: SmsCode) -> None:
        """Store a sent code."""
        self.add(
            t.SmsCode,
            id=code.id,
            subject=code.subject,
            phone_index=self.index("phone", code.phone),
            phone_sealed=self.seal(t.SmsCode, "phone_sealed", code.id, code.phone),
            code_mac=code.code_mac,
            created_at=self.work.now,
        )

    def find_code(self, code_id: str) -> SmsCode | None:
        """A code by id."""
        r = self.row(t.SmsCode, t.SmsCode.id == code_id)
        if r is None:
            return None
        phone = self.unseal(t.SmsCode, "phone_sealed", r.id, r.phone_sealed)
        return SmsCode(r.id, r.subject, phone, r.code_mac, r.created_at, r.tries, r.used_at is not None)

    def codes_sent(self, phone: str, since: datetime) -> list[datetime]:
        """When codes went to this phone since a moment, newest first."""
        table = t.SmsCode
        found = self.rows(
            table,
            table.phone_index == self.index("phone", phone),
            table.created_at > since,
            order=table.created_at.desc(),
        )
        return [r.created_at for r in found]

    def count_try(self, code_id: str, limit: int) -> bool:
        """Count one try before comparing; False when the tries are used up or the code was used."""
        table = t.SmsCode
        where = (table.firm_id == self.work.firm_id, table.id == code_id, table.tries < limit, table.used_at.is_(None))
        return self.work.update_one(table, where, tries=table.tries + 1)

    def use_code(self, code_id: str) -> bool:
        """Mark a code as used; False when another request was first."""
        where = (t.SmsCode.firm_id == self.work.firm_id, t.SmsCode.id == code_id, t.SmsCode.used_at.is_(None))
        return self.work.update_one(t.SmsCode, where, used_at=self.work.now)

    # -- limits
    def count_event(self, key: str) -> None:
        """Count one attempt under a key such as `ip|…` or `phone|…` (kept as blind index)."""
        self.add(t.RateEvent, id=self.work.new_id(), key_index=self.index("rate", key), at=self.work.now)

    def events_since(self, key: str, since: datetime) -> int:
        """How many attempts were counted under the key since a moment."""
        table = t.RateEvent
        query = select(func.count()).where(
            table.firm_id == self.work.firm_id, table.at > since, table.key_index == self.index("rate", key)
        )
        return int(self.work.connection.execute(query).scalar_one())

    def forget_before(self, moment: datetime) -> None:
        """Delete counted attempts, captchas and codes that are older than any limit looks back."""
        for table, column in (
            (t.RateEvent, t.RateEvent.at),
            (t.Captcha, t.Captcha.created_at),
            (t.SmsCode, t.SmsCode.created_at),
        ):
            where = (table.__table__.columns["firm_id"] == self.work.firm_id, column < moment)
            self.work.connection.execute(delete(table).where(*where))
