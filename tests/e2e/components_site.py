"""The site of test_components.py: the routes that the components talk to, and what they were sent."""

from __future__ import annotations

import os

import streamlit as st
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

kept = {"asked_with": [], "exchanges": [], "uplinks": [], "faces": 0}
pictures = []


async def health(request):
    return JSONResponse({"ok": True})


async def probe(request):
    return Response(os.urandom(200_000), headers={"cache-control": "no-store"})


async def upload(request):
    pictures.append(await request.body())
    kept["asked_with"].append(request.headers.get("x-requested-with"))
    return JSONResponse({})


async def uplink(request):
    kept["uplinks"].append(len(await request.body()))
    return JSONResponse({})


async def face(request):
    """Nobody is there until the third frame."""
    pictures.append(await request.body())
    kept["faces"] += 1
    return JSONResponse({"face": "none" if kept["faces"] < 3 else "one"})


async def picture(request):
    return Response(pictures[-1], media_type="image/jpeg")


async def exchange(request):
    body = await request.json()
    kept["exchanges"].append(body)
    if body.get("ticket") == "used":
        return JSONResponse({}, 403)
    answer = JSONResponse({})
    answer.set_cookie("sid", "1", httponly=True, samesite="strict")
    return answer


async def facts(request):
    return JSONResponse({**kept, "uploads": len(pictures)})


app = st.App(
    "components_screen.py",
    routes=[
        Route("/health", health),
        Route("/probe", probe),
        Route("/upload", upload, methods=["POST"]),
        Route("/uplink", uplink, methods=["POST"]),
        Route("/face", face, methods=["POST"]),
        Route("/picture", picture),
        Route("/session/exchange", exchange, methods=["POST"]),
        Route("/facts", facts),
    ],
)
