"""Rows of the access table: people and their sessions."""

from __future__ import annotations

from core.usecases.change_staff import (
    add_staff,
    all_staff,
    close_staff,
    create_totp,
    remove_totp,
    reopen_staff,
    reset_password,
    set_roles,
)
from core.usecases.opening_check import opening_check
from core.usecases.own_password import change_own_password
from core.usecases.sessions import end_other_sessions, end_session, end_staff_sessions, own_sessions, staff_sessions
from tests.core.access_calls import Row, plain
from tests.core.access_worlds import new
from tests.desk_bench import STAFF_PASSWORD

NEW = "a long new password 7"
PEOPLE: tuple[Row, ...] = (
    (opening_check, new, "-------+ -- --o", plain(opening_check)),
    (all_staff, new, "-------+ -- --o", plain(all_staff)),
    (add_staff, new, "-------+ -- --o",
     plain(add_staff, login="xinren", name="新人", licence="", branch_id="b1", roles=["service"], password=NEW)),
    (set_roles, new, "-------+ -- --o", plain(set_roles, "service", ["analyst"])),
    (close_staff, new, "-------+ -- --o", plain(close_staff, "service")),
    (reopen_staff, new, "-------+ -- --o", plain(reopen_staff, "service")),
    (reset_password, new, "-------+ -- --o", plain(reset_password, "service", NEW)),
    (create_totp, new, "-------+ -- --o", plain(create_totp, "service")),
    (remove_totp, new, "-------+ -- --o", plain(remove_totp, "service")),
    (staff_sessions, new, "-------+ -- --o", plain(staff_sessions, "service")),
    (end_staff_sessions, new, "-------+ -- --o", plain(end_staff_sessions, "service")),
    (own_sessions, new, "oooooooo +o ooo", plain(own_sessions)),
    (end_session, new, "wwwwwwww +w www", lambda w, a: end_session(w.desk, a, w.session)),
    (end_other_sessions, new, "wwwwwwww +w www", plain(end_other_sessions)),
    (change_own_password, new, "oooooooo -- o-o", plain(change_own_password, STAFF_PASSWORD, NEW, NEW)),
)  # fmt: skip
