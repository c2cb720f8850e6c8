"""What the handler draws, in which order, and never more at once than the card allows."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
from PIL import Image

from models.drawing import Drawn, Guide
from tests.models.remote.asking import SECRET, SENT, VARIABLE, a_card, draw, pixels, request, undrawn
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import painted, refusing, together


def test_a_picture_arrives_exactly_and_the_caption_says_what_was_sent(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    (result,) = draw(a_card(server), clock)
    assert np.array_equal(pixels(result), painted(SENT, 64, 64))
    assert isinstance(result, Drawn)
    assert result.caption == SENT
    (seen,) = server.vendor.seen
    assert seen.headers["authorization"] == f"Bearer {SECRET}"
    assert b'"response_format":"b64_json"' in seen.body
    assert b'"n":1' in seen.body


def test_models_that_only_give_base64_are_not_told_so(server: MisbehavingServer, clock: FakeClock) -> None:
    draw(a_card(server, model="gpt-image-2"), clock)
    assert b"response_format" not in server.vendor.seen[0].body


def test_a_batch_keeps_its_order_and_never_exceeds_the_cards_concurrency(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    server.vendor.latency_s = 0.02
    server.vendor.will("draw", *together(3))
    prompts = [f"scene {number}" for number in range(9)]
    requests = [request(number, prompt=prompt, negative_prompt="") for number, prompt in enumerate(prompts)]
    results = draw(a_card(server, concurrency=3), clock, *requests)
    for prompt, asked, result in zip(prompts, requests, results, strict=True):
        assert result.request is asked
        assert np.array_equal(pixels(result), painted(prompt, 64, 64))
    assert server.vendor.peak == 3
    assert len(server.vendor.billed) == 9


def test_the_limit_holds_for_all_threads_and_handlers_of_the_process(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    from concurrent import futures

    server.vendor.latency_s = 0.02
    server.vendor.will("draw", *together(2))
    card = a_card(server, concurrency=2)
    with futures.ThreadPoolExecutor(3) as threads:
        batches = [[request(10 * thread + number) for number in range(3)] for thread in range(3)]
        made = list(threads.map(lambda batch: draw(card, clock, *batch), batches))
    assert [len(results) for results in made] == [3, 3, 3]
    assert server.vendor.peak == 2


def test_a_guides_picture_and_mask_are_sent_as_files(server: MisbehavingServer, clock: FakeClock) -> None:
    image = np.full((64, 64, 3), 0.5, np.float32)
    mask = np.zeros((64, 64), np.float32)
    mask[:32] = 1
    server.vendor.will("draw", refusing(500))
    guided = dataclasses.replace(request(), guide=Guide(image, mask))
    (result,) = draw(a_card(server), clock, guided)
    assert pixels(result).shape == (64, 64, 3)
    first, second = server.vendor.asked("/images/edits")
    assert first.body == second.body
    parts = first.body.split(b"\x89PNG")
    sent = [Image.open(io.BytesIO(b"\x89PNG" + part)) for part in parts[1:]]
    assert sent[0].getpixel((0, 0)) == (128, 128, 128)
    assert [sent[1].getpixel((0, y))[3] for y in (0, 63)] == [0, 255]  # type: ignore[index]


def test_a_guide_that_the_protocol_cannot_send_is_refused_before_it_costs(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    image = np.zeros((64, 64, 3), np.float32)
    for protocol, guide in (("openai-images", Guide(control=image)), ("submit-and-poll", Guide(image))):
        (result,) = draw(a_card(server, protocol), clock, dataclasses.replace(request(), guide=guide))
        assert undrawn(result)[0] == "unsupported_guide"
    assert not server.vendor.seen


def test_a_job_is_submitted_polled_and_fetched(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.looks_needed = 3
    (result,) = draw(a_card(server, "submit-and-poll"), clock, client=VARIABLE)
    assert np.array_equal(pixels(result), painted("silk", 64, 64))
    assert isinstance(result, Drawn)
    assert result.caption == "silk; negative prompt: glare"
    submitted = server.vendor.seen[0]
    assert b'"seeds":[7]' in submitted.body
    assert b'"negativePrompt":"glare"' in submitted.body
    assert submitted.headers["x-model-version"] == "m"
    assert submitted.headers["x-api-key"] == SECRET
    assert len(server.vendor.asked("/status/")) == 4
    assert clock.sleeps == [1.0, 1.0, 1.0]
