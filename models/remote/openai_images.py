"""The protocol of OpenAI's Images API, which several vendors and local servers speak: one request, one answer.

`POST {url}/images/generations` with JSON, or `/images/edits` with a picture. It has no seed and no negative prompt.
"""

from __future__ import annotations

import base64
import binascii
import io

import httpx2
import numpy as np
from PIL import Image

from connectors.http.exchange import HttpAnswer
from foundry.inputs.picture import MAX_BYTES
from imaging.pixels.arrays import Pixels
from models.drawing import DrawRequest, Guide
from models.prompt import Prompt
from models.remote.billing import charged_micro_usd
from models.remote.connection import Connection, json_of
from models.remote.download import download
from models.remote.effort import Effort
from models.remote.received import pixels_of
from models.remote.refusals import Declined, Transient

ANSWER_BYTES = MAX_BYTES * 4 // 3 + 65_536  # base64, and the words around it
BASE64_ONLY = ("gpt-image", "chatgpt-image")
"""Models that always answer with base64, and refuse the field that asks for it."""


def draw(request: DrawRequest, prompt: Prompt, connection: Connection, effort: Effort) -> tuple[Pixels, str]:
    """Return one picture, and the words that were sent for it."""
    words = f"{prompt.text}. Avoid: {prompt.negative}" if prompt.negative else prompt.text
    outgoing = _build_request(request, words, connection, effort.key)

    def draw_once() -> tuple[Pixels, str]:
        answer = connection.order(outgoing, effort, ANSWER_BYTES)
        return pixels_of(_picture_in(answer, connection, effort), request.order)

    pixels, note = effort.repeat("drawing", draw_once)
    return pixels, f"{words} ({note})" if note else words


def _build_request(request: DrawRequest, words: str, connection: Connection, key: str) -> httpx2.Request:
    order, model = request.order, connection.api.model
    fields = {"prompt": words, "size": f"{order.width_px}x{order.height_px}"}
    if model:
        fields["model"] = model
    if not model.startswith(BASE64_ONLY):
        fields["response_format"] = "b64_json"
    home = connection.reach.home
    if request.guide is None:
        url = home.copy_with(path=home.path.rstrip("/") + "/images/generations")
        return connection.request("POST", url, key, json={**fields, "n": 1})
    url = home.copy_with(path=home.path.rstrip("/") + "/images/edits")
    return connection.request("POST", url, key, data={**fields, "n": "1"}, files=_guide_files(request.guide))


def _guide_files(guide: Guide) -> dict[str, tuple[str, bytes, str]]:
    """Return the guide as PNG files; the API's mask is transparent where it may draw, ours is 1 there."""
    if guide.image is None or guide.control is not None or guide.reference is not None:
        raise Declined("unsupported_guide", "this API takes a picture and a mask, and no other guide; leave it out.")
    files = {"image": ("image.png", _encode_png(guide.image), "image/png")}
    if guide.mask is not None:
        kept = np.repeat((1 - guide.mask)[..., None], 4, axis=2)
        files["mask"] = ("mask.png", _encode_png(kept), "image/png")
    return files


def _encode_png(pixels: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def _picture_in(answer: HttpAnswer, connection: Connection, effort: Effort) -> bytes:
    content = json_of(answer)
    effort.add_charge(charged_micro_usd(content, connection.api.charges))
    pictures = content.get("data") if isinstance(content, dict) else None
    first = pictures[0] if isinstance(pictures, list) and pictures else None
    if not isinstance(first, dict):
        raise Transient("the answer holds no picture")
    if isinstance(first.get("b64_json"), str):
        try:
            return base64.b64decode(first["b64_json"], validate=True)
        except binascii.Error:
            raise Transient("the picture is no valid base64") from None
    return download(first.get("url"), connection, effort)
