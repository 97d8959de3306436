"""All HTTP routes that are not pages."""

from __future__ import annotations

from starlette.routing import Route

from pages.routes.evidence import send_evidence, send_original
from pages.routes.health import health, probe, root_certificate
from pages.routes.session import exchange, leave
from pages.routes.stills import receive_still

ROUTES = [
    Route("/session/exchange", exchange, methods=["POST"]),
    Route("/session/sign_out", leave, methods=["POST"]),
    Route("/evidence/{evidence_id}", send_evidence, methods=["GET"]),
    Route("/evidence/{evidence_id}/original", send_original, methods=["GET"]),
    Route("/still/{ticket_id}/{slot}", receive_still, methods=["POST"]),
    Route("/health", health, methods=["GET"]),
    Route("/pki/{firm}/root.cer", root_certificate, methods=["GET"]),
    Route("/probe", probe, methods=["GET"]),
]
