"""The demo: two invented firms with staff of every role and one existing customer each. Everything is 样张."""

from __future__ import annotations

import secrets

from core.actor import Role
from core.defaults import load_defaults
from core.ports import Desk
from core.records import Branch, Firm, StaffMember
from core.rules.calendar import build_calendar
from core.rules.reservation import Shift
from core.usecases.found_firm import found_firm
from db.database import Database
from pages.parts.demo_people import account_holder, newcomer_on_file, settle_in

FIRMS = (
    Firm("yuanshan", "8001", "远山期货（样张）", "400-000-8001", demo=True),
    Firm("linjiang", "8002", "临江期货（样张）", "400-000-8002", demo=True),
)
BRANCHES = (
    Branch("b1", "总部营业部", "上海市", "样张路 1 号"),
    Branch("b2", "郑州营业部", "郑州市", "样张路 2 号"),
)
DUTY = (8 * 60 + 40, 17 * 60 + 45)
"""The witnesses of the first branch are on duty every day, 08:40 to 17:45."""
STAFF = (
    ("witness", "王芳", (Role.WITNESS,)),
    ("witness2", "孙丽", (Role.WITNESS,)),
    ("review", "赵强", (Role.REVIEW,)),
    ("callback", "钱静", (Role.CALLBACK,)),
    ("supervisor", "周敏", (Role.SUPERVISOR, Role.WITNESS)),
    ("analyst", "吴涛", (Role.ANALYST,)),
    ("compliance", "郑洁", (Role.COMPLIANCE,)),
    ("service", "冯军", (Role.SERVICE,)),
    ("admin", "管理员", (Role.ADMIN,)),
    ("review2", "刘洁", (Role.REVIEW,)),
)


def _member(position: int, hashed: str) -> StaffMember:
    login, name, roles = STAFF[position]
    licence = f"F9{position:06d}"
    return StaffMember(f"s{position}", login, name, licence, "b1", frozenset(roles), hashed)


def seed(desk: Desk, database: Database) -> str:
    """Found the demo firms when there are none; every start sets the staff's password anew and returns it."""
    password = desk.settings.demo_password or f"demo-{secrets.token_hex(4)}"
    hashed = desk.passwords.hash(password)
    known = {firm.id for firm in database.firms()}
    year = desk.clock().year
    for firm in FIRMS:
        if firm.id in known:
            _renew(desk, firm, hashed)
            _complete(desk, firm)
            continue
        staff = [_member(position, hashed) for position in range(len(STAFF))]
        days = list(build_calendar(year - 1, year + 2))
        found_firm(desk, firm, BRANCHES, staff, load_defaults(demo=True), days, [newcomer_on_file(desk, firm)])
        _complete(desk, firm)
    return password


def _renew(desk: Desk, firm: Firm, hashed: str) -> None:
    with desk.write(firm.id) as work:
        known = work.people.all_staff()
        for member in known:
            work.people.change_staff(member.id, password_hash=hashed, failed=0, locked_until=None)
        logins = {member.login for member in known}
        for position, (login, _, _) in enumerate(STAFF):
            if login not in logins:
                work.people.add_staff(_member(position, hashed))


def _complete(desk: Desk, firm: Firm) -> None:
    """What an older demo lacks: an account holder, a weekly duty for its witnesses."""
    settle_in(desk, firm, load_defaults(demo=True)["questionnaire"])
    with desk.write(firm.id) as work:
        if not work.reservations.roster("b1"):
            serving = [member.id for member in work.people.all_staff() if Role.WITNESS in member.roles]
            shifts = [Shift(who, day, *DUTY) for who in serving for day in range(7)]
            work.reservations.set_roster("b1", shifts)


def announce(desk: Desk, password: str) -> None:
    """Print who may sign in, at every start."""
    customers = [(firm, make(desk, firm)) for firm in FIRMS for make in (newcomer_on_file, account_holder)]
    lines = [
        "",
        "演示模式 / demo mode: everything is invented (样张), SMS codes are shown on screen.",
        "员工登录 / staff sign-in: /desk",
        *(f"  {login:<11} {password}   {name}" for login, name, _ in STAFF),
        "客户登录（已开户：身份证号） / customers on file sign in by ID number:",
        *(f"  {who.id_number}  {who.name}  {firm.name}  账户 {who.capital_account or '无'}" for firm, who in customers),
        "",
    ]
    print("\n".join(lines), flush=True)  # noqa: T201
