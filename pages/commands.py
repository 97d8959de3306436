"""Commands of whoever runs the server: `python -m pages.commands verify-audit [firm]`, `… new-firm …`,
`… rebuild-rollups [firm]`, `… demo-history …`."""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from collections.abc import Sequence

from core.actor import Role
from core.defaults import load_defaults
from core.errors import DeskError, NotConfigured
from core.jobs.refresh_rollups import rebuild_rollups
from core.records import Branch, Firm, StaffMember
from core.rules.calendar import build_calendar
from core.usecases.change_staff import login_problem, password_problem
from core.usecases.found_firm import found_firm
from core.usecases.verify_audit import check_chain
from db.history import Wish, analyze, make_history
from pages.parts import wiring

PASSWORD = "JIANZHENG_ADMIN_PASSWORD"  # noqa: S105  (the name of the variable)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _firms(number: str | None) -> list[Firm]:
    """The firm of this number, or all."""
    firms = [firm for firm in wiring.firms() if number in {None, firm.number, firm.id}]
    if not firms:
        raise NotConfigured("没有找到这家期货公司。")
    return firms


def verify_audit(number: str | None) -> int:
    """Check the audit chain of one firm (by its number) or of all; exit code 1 when one is broken."""
    whole = True
    for firm in _firms(number):
        check = check_chain(wiring.desk(), firm.id)
        whole = whole and check.whole
        words = "完整 / intact" if check.whole else f"{check.problem} / not intact"
        _say(f"{firm.number} {firm.name}: {check.rows} 条 / rows, {check.heads.count} 个链头 / heads, {words}")
    return 0 if whole else 1


def rebuild(number: str | None) -> int:
    """Work out the figures of one firm or of all anew; exit code 1 when stored ones differed (they are right now)."""
    equal = True
    for firm in _firms(number):
        differing = {table: count for table, count in rebuild_rollups(wiring.desk(), firm.id).items() if count}
        equal = equal and not differing
        words = "，".join(f"{table} {count}" for table, count in differing.items())
        _say(f"{firm.number} {firm.name}: {f'已更正 / corrected: {words}' if words else '一致 / equal'}")
    return 0 if equal else 1


def demo_history(number: str, cases: int) -> int:
    """Make an invented firm with a year of history and its figures; demo mode only."""
    wiring.prepare_database()
    firm = make_history(wiring.desk(), wiring.database(), Wish(number, cases))
    rebuild_rollups(wiring.desk(), firm.id)
    analyze(wiring.database())
    _say(f"已生成 {firm.number} {firm.name}：{cases} 笔受理单。/ Made; sign in as analyst or supervisor at /desk.")
    return 0


def _password() -> str:
    """From the environment, else typed twice at the terminal."""
    given = os.environ.get(PASSWORD, "")
    if given:
        return given
    first = getpass.getpass("管理员密码 / admin password: ")
    if getpass.getpass("再输入一次 / again: ") != first:
        raise NotConfigured("两次输入的密码不一致。")
    return first


def _check(number: str, login: str, password: str) -> None:
    if not re.fullmatch(r"\d{4}", number):
        raise NotConfigured("期货公司编号为 4 位数字。")
    if number in {firm.number for firm in wiring.firms()}:
        raise NotConfigured("这个期货公司编号已经存在。")
    problem = login_problem(login) or password_problem(login, password)
    if problem:
        raise NotConfigured(problem)


def new_firm(number: str, name: str, hotline: str, branch: str, city: str, login: str) -> int:
    """Found a firm with one branch, the first firm data and one 管理 account."""
    wiring.prepare_database()
    password = _password()
    _check(number, login, password)
    desk = wiring.desk()
    year, demo = desk.clock().year, desk.settings.demo
    admin = StaffMember("s0", login, "管理员", "", "b1", frozenset({Role.ADMIN}), desk.passwords.hash(password))
    firm, first = Firm(f"firm{number}", number, name, hotline, demo), Branch("b1", branch, city, "")
    found_firm(desk, firm, [first], [admin], load_defaults(demo=demo), build_calendar(year - 1, year + 2))
    _say(f"已建立 {number} {name}，管理员工号 {login}。/ Founded; sign in at /desk.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pages.commands")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify-audit", help="check the audit chain and the exported heads")
    verify.add_argument("firm", nargs="?", help="number of the firm; all firms without it")
    anew = commands.add_parser("rebuild-rollups", help="work out all figures anew and say what differed")
    anew.add_argument("firm", nargs="?", help="number of the firm; all firms without it")
    history = commands.add_parser("demo-history", help="demo mode: an invented firm with a year of history")
    history.add_argument("--cases", type=int, default=5000)
    history.add_argument("--firm", default="8009", help="number of the firm to invent")
    found = commands.add_parser("new-firm", help=f"found a firm; the password is read from {PASSWORD} or the terminal")
    for name in ("number", "name", "hotline", "branch", "city", "admin_login"):
        found.add_argument(name)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 for success, 1 for a broken chain or wrong figures, 2 for a refusal (sentence on stderr)."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "verify-audit":
            return verify_audit(given.firm)
        if given.command == "rebuild-rollups":
            return rebuild(given.firm)
        if given.command == "demo-history":
            return demo_history(given.firm, given.cases)
        return new_firm(given.number, given.name, given.hotline, given.branch, given.city, given.admin_login)
    except DeskError as error:
        sys.stderr.write(f"{error.text}\n")
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
