"""The site of test_components.py: the routes that the components talk to, and what they were sent."""

from __future__ import annotations

import io
import os

import streamlit as st
from PIL import Image, ImageDraw
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


async def evidence(request):
    """A drawn picture: a card, somebody with a card, something tall."""
    sizes = {"card": (1200, 760), "person": (900, 1200), "tall": (600, 1400)}
    image = Image.new("RGB", sizes[request.path_params["name"]], "#456")
    pen = ImageDraw.Draw(image)
    pen.rectangle([image.width * 0.2, image.height * 0.2, image.width * 0.8, image.height * 0.8], fill="#dde6ee")
    pen.ellipse([image.width * 0.4, image.height * 0.4, image.width * 0.6, image.height * 0.6], fill="#c9a27e")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return Response(out.getvalue(), media_type="image/jpeg")


async def face_place(request):
    """Small on the card, large before the camera, as shares of the picture."""
    places = {"card": (0.4, 0.4, 0.1, 0.158), "person": (0.3, 0.3, 0.4, 0.3), "tall": None}
    return JSONResponse({"face": places[request.path_params["name"]]})


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
        Route("/evidence/{name}", evidence),
        Route("/evidence/{name}/face", face_place),
        Route("/session/exchange", exchange, methods=["POST"]),
        Route("/facts", facts),
    ],
)
