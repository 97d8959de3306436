"""Rows of access_table.py about what leaves for other systems: reports, notifications, keys."""

from __future__ import annotations

from core.usecases.api_keys import add_key, api_keys, revoke_key
from core.usecases.import_results import import_results
from core.usecases.report_cases import export_case, export_waiting, mark_sent, missing_of, outbox
from core.usecases.webhooks import add_webhook, close_webhook, delivery_log, drop_delivery, resend_delivery
from tests.core.access_table import Row, of_case, plain
from tests.core.access_worlds import at, hooked, keyed, new

CENTRE_ANSWERS = "受理单号,交易所,回报代码\n8001000000000000,SHFE,4\n".encode()
OUTSIDE: tuple[Row, ...] = (
    # -- the monitoring centre
    (export_case, at("callback"), "-+------ -- --0", of_case(export_case)),
    (export_waiting, at("callback"), "-+------ -- --0", plain(export_waiting)),
    (outbox, at("callback"), "-+------ -- --o", plain(outbox)),
    (missing_of, at("callback"), "-o------ -- --0", of_case(missing_of)),
    (mark_sent, at("callback"), "-o------ -- --0", lambda w, a: mark_sent(w.desk, a, [w.case])),
    (import_results, at("callback"), "-o------ -- --o", plain(import_results, CENTRE_ANSWERS)),
    # -- other systems
    (add_webhook, new, "-------o -- --o", plain(add_webhook, "系统", "https://crm.example/", ["case.done"])),
    (close_webhook, hooked, "-------+ -- --0", lambda w, a: close_webhook(w.desk, a, w.kept[0])),
    (delivery_log, hooked, "-------+ -- --o", plain(delivery_log)),
    (resend_delivery, hooked, "-------o -- --0", lambda w, a: resend_delivery(w.desk, a, w.kept[1])),
    (drop_delivery, hooked, "-------+ -- --0", lambda w, a: drop_delivery(w.desk, a, w.kept[1])),
    (add_key, new, "-------o -- --o", plain(add_key, "数据仓库", ["cases:read"])),
    (api_keys, keyed, "-------o -- --o", plain(api_keys)),
    (revoke_key, keyed, "-------+ -- --0", lambda w, a: revoke_key(w.desk, a, w.kept)),
)  # fmt: skip
