"""All HTTP routes that are not pages."""

from __future__ import annotations

from starlette.routing import Route

from pages.routes.agreement_preview import send_preview
from pages.routes.calendar_file import send_calendar
from pages.routes.charts import send_chart
from pages.routes.chat import send_chat
from pages.routes.documents import send_documents
from pages.routes.entry import send_entry
from pages.routes.evidence import send_crop, send_evidence, send_original
from pages.routes.faces import send_crop_face, send_face
from pages.routes.health import health, probe, root_certificate
from pages.routes.my_data import send_copy
from pages.routes.photos import receive_photo
from pages.routes.rehearsal import look_at_face, receive_uplink
from pages.routes.rules import send_rules
from pages.routes.session import exchange, leave
from pages.routes.sheets import send_case_sheet, send_list_sheet
from pages.routes.stills import receive_still

ROUTES = [
    Route("/session/exchange", exchange, methods=["POST"]),
    Route("/session/sign_out", leave, methods=["POST"]),
    Route("/agreement-preview/{name}.pdf", send_preview, methods=["GET"]),
    Route("/charts/{key}/{kind}", send_chart, methods=["GET"]),
    Route("/chat/{case_id}", send_chat, methods=["GET"]),
    Route("/entry/{key}.svg", send_entry, methods=["GET"]),
    Route("/evidence/{evidence_id}", send_evidence, methods=["GET"]),
    Route("/desk-calendar/{year:int}.csv", send_calendar, methods=["GET"]),
    Route("/my-data/copy.zip", send_copy, methods=["GET"]),
    Route("/evidence/{evidence_id}/original", send_original, methods=["GET"]),
    Route("/sheet/case/{case_id}", send_case_sheet, methods=["GET"]),
    Route("/sheet/list/{key}", send_list_sheet, methods=["GET"]),
    Route("/evidence/{evidence_id}/crop", send_crop, methods=["GET"]),
    Route("/evidence/{evidence_id}/crop/face", send_crop_face, methods=["GET"]),
    Route("/evidence/{evidence_id}/face", send_face, methods=["GET"]),
    Route("/photo/{case_id}/{slot}/{how}", receive_photo, methods=["POST"]),
    Route("/signed-documents.zip", send_documents, methods=["GET"]),
    Route("/rules/export.json", send_rules, methods=["GET"]),
    Route("/still/{ticket_id}/{slot}", receive_still, methods=["POST"]),
    Route("/uplink", receive_uplink, methods=["POST"]),
    Route("/rehearsal/{case_id}/face", look_at_face, methods=["POST"]),
    Route("/health", health, methods=["GET"]),
    Route("/pki/{firm}/root.cer", root_certificate, methods=["GET"]),
    Route("/probe", probe, methods=["GET"]),
]
