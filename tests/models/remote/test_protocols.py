"""What each protocol sends, and which answers it takes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from models.drawing import Guide
from models.prompt import Prompt
from models.remote import openai_images, submit_and_poll
from models.remote.connection import Connection
from models.remote.refusals import Declined, VendorOutage
from models.remote.remote_handler import RemoteHandler
from tests.models.remote.asking import a_card, draw, request
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import Reply, as_json


def connected(server: MisbehavingServer, protocol: str = "openai-images", **api: object) -> Connection:
    return RemoteHandler(a_card(server, protocol, **api)).load_model()


def test_a_guide_is_sent_as_a_picture_and_a_mask_that_is_clear_where_is_drawn() -> None:
    mask = np.zeros((4, 4), np.float32)
    mask[0, 0] = 1
    files = openai_images._guide_files(Guide(np.full((4, 4, 3), 0.5, np.float32), mask))
    opened = {name: Image.open(io.BytesIO(data)) for name, (_, data, _) in files.items()}
    assert opened["image"].getpixel((0, 0)) == (128, 128, 128)
    assert opened["mask"].getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert opened["mask"].getpixel((1, 0))[3] == 255  # type: ignore[index]
    assert "mask" not in openai_images._guide_files(Guide(np.zeros((4, 4, 3), np.float32)))


@pytest.mark.parametrize("guide", [Guide(control=np.zeros((4, 4, 3))), Guide(reference=np.zeros((4, 4, 3)))])
def test_a_guide_that_the_images_api_has_no_field_for_is_declined(guide: Guide) -> None:
    with pytest.raises(Declined, match="takes a picture and a mask, and no other guide"):
        openai_images._guide_files(guide)


def test_a_job_gets_the_negative_prompt_only_if_there_is_one(server: MisbehavingServer) -> None:
    connection = connected(server, "submit-and-poll", model="")
    with connection.client:
        plain = submit_and_poll._build_request(request(), Prompt("silk", ""), connection, "key")
        avoiding = submit_and_poll._build_request(request(), Prompt("silk", "glare"), connection, "key")
    assert b"negativePrompt" not in plain.content
    assert b'"negativePrompt":"glare"' in avoiding.content
    assert "x-model-version" not in plain.headers


@pytest.mark.parametrize(
    ("ended", "address"),
    [
        ({"result": {"outputs": [{"image": {"url": "https://v.example/1"}}]}}, "https://v.example/1"),
        ({"outputs": [{"image": {"url": "https://v.example/1"}}]}, "https://v.example/1"),
        ({"result": {"outputs": []}}, None),
        ({"result": {"outputs": [{"image": "text"}]}}, None),
        ({"result": {"outputs": [7]}}, None),
        ({"result": "text"}, None),
        ({}, None),
    ],
)
def test_a_finished_jobs_picture_is_found_in_either_form(ended: dict[str, object], address: str | None) -> None:
    assert submit_and_poll._picture_address(ended) == address


def test_an_answer_without_a_job_is_tried_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("submit", lambda answer: as_json({"jobId": "1"}), lambda answer: as_json([]))
    draw(a_card(server, "submit-and-poll"), clock)
    assert len(server.vendor.asked("generate-async")) == 3


def test_a_job_whose_cancel_address_is_elsewhere_is_given_up_without_a_request_there(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    def elsewhere(answer: Callable[[], Reply]) -> Reply:
        return as_json({**json.loads(answer().body), "cancelUrl": "https://elsewhere.example/cancel"}, 202)

    server.vendor.looks_needed = 10**6
    server.vendor.will("submit", elsewhere)
    with pytest.raises(VendorOutage, match="the job is not done"):
        draw(a_card(server, "submit-and-poll", deadline_s=3), clock)
    assert server.vendor.cancelled == []


def test_a_status_without_its_word_is_asked_for_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.looks_needed = 0
    server.vendor.will("status", lambda answer: as_json({"state": "done"}))
    draw(a_card(server, "submit-and-poll"), clock)
    assert len(server.vendor.asked("/status/")) == 2
