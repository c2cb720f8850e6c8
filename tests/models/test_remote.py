"""The remote handler against a real server on this machine that misbehaves: what it draws, repeats, refuses and hides."""

from __future__ import annotations

import dataclasses
import io
import logging
import pickle
import struct
import zlib
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import apache_beam as beam
import httpx2
import numpy as np
import pytest
import yaml
from apache_beam.metrics import MetricsFilter
from apache_beam.ml.inference.base import RunInference
from apache_beam.testing.util import assert_that, equal_to
from PIL import Image, ImageCms

from foundry.card import ModelCard
from foundry.shot import ShotOrder
from models.drawing import Drawing, Drawn, DrawRequest, Guide, Undrawn
from models.registry import card as card_of
from models.remote import RemoteHandler
from models.remote.credential import scrub
from models.remote.patience import Effort
from models.remote.reach import Reach
from models.remote.received import pixels_of
from models.remote.refusals import (
    AccountRefused,
    CredentialRefused,
    Declined,
    EndpointRefused,
    Transient,
    VendorOutage,
)
from models.screened import ScreenedHandler
from tests.briefs import ROOT
from tests.models.fake_clock import FakeClock
from tests.models.misbehaving_server import (
    MisbehavingServer,
    cut_in_half,
    job,
    lost,
    painted,
    png,
    redirecting,
    refusing,
    saying,
    slow,
)

VARIABLE = "EXAMPLE_IMAGES_KEY"
SECRET = "sesame-4711-open"
ORDER = ShotOrder("shot0", "p", "aurelle", 0, 0, "square", False, 0, "silk", "glare", (), None, 64, 64, 1)
SENT = "silk. Avoid: glare"


@pytest.fixture(autouse=True)
def credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def a_card(server: MisbehavingServer, protocol: str = "openai-images", **api: Any) -> ModelCard:
    path = "/v1" if protocol == "openai-images" else "/v3/images/generate-async"
    return ModelCard.model_validate(
        {
            "id": "vendor",
            "version": "1",
            "title": "A vendor's model",
            "task": "text-to-image",
            "source": {"kind": "api", "url": server.url + path},
            "licence": "The vendor's terms",
            "allowed_use": "Tests",
            "training_data": "Unknown to us",
            "api": {"protocol": protocol, "model": "m", "credential": VARIABLE, "attempts": 3, "poll_s": "1", **api},
            "unit_cost": {"money": "0.04", "accelerator_seconds": "0"},
            "stage": "draft",
        }
    )


def request(number: int = 0, seed: int = 7, **changes: object) -> DrawRequest:
    return DrawRequest(dataclasses.replace(ORDER, name=f"shot{number}", **changes), seed)  # type: ignore[arg-type]


def draw(card: ModelCard, clock: FakeClock, *requests: DrawRequest, **naming: Any) -> list[Drawn | Undrawn]:
    handler = RemoteHandler(card, patience=clock.patience(), **naming)
    connection = handler.load_model()
    try:
        return handler.run_inference(requests or [request()], connection)
    finally:
        connection.client.close()


def pixels(result: Drawn | Undrawn) -> np.ndarray[Any, Any]:
    assert isinstance(result, Drawn), result
    assert result.pixels.dtype == np.float32
    return np.rint(result.pixels * 255).astype(np.uint8)


def undrawn(result: Drawn | Undrawn) -> tuple[str, str]:
    assert isinstance(result, Undrawn), result
    return result.code, result.reason


# Drawing


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
    import concurrent.futures as futures

    server.vendor.latency_s = 0.02
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


# Repeating


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_passing_faults_are_repeated_under_one_key(server: MisbehavingServer, clock: FakeClock, status: int) -> None:
    server.vendor.will("draw", refusing(status))
    (result,) = draw(a_card(server), clock)
    assert np.array_equal(pixels(result), painted(SENT, 64, 64))
    first, second = server.vendor.seen
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len(clock.sleeps) == 1
    assert clock.sleeps[0] <= 0.5


def test_pauses_grow_with_jitter_that_a_second_run_repeats(server: MisbehavingServer) -> None:
    runs = []
    for _ in range(2):
        clock = FakeClock()
        server.vendor.will("draw", *[refusing(503)] * 5)
        draw(a_card(server, attempts=6), clock)
        runs.append(clock.sleeps)
    assert runs[0] == runs[1]
    assert all(0 <= pause <= 0.5 * 2**number for number, pause in enumerate(runs[0]))
    assert len(set(runs[0])) == 5
    other = FakeClock()
    server.vendor.will("draw", *[refusing(503)] * 5)
    draw(a_card(server, attempts=6), other, request(1))
    assert other.sleeps != runs[0]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured_in_both_forms(server: MisbehavingServer, clock: FakeClock, form: str) -> None:
    asked = "20" if form == "seconds" else formatdate(clock.today() + 20, usegmt=True)
    server.vendor.will("draw", refusing(429, retry_after=asked))
    (result,) = draw(a_card(server), clock)
    assert isinstance(result, Drawn)
    assert clock.sleeps == [20.0]


def test_a_retry_after_beyond_the_deadline_is_not_waited_for(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", refusing(429, retry_after="3600"))
    with pytest.raises(VendorOutage, match="3600.0 s on, the deadline of 600 s"):
        draw(a_card(server), clock)
    assert clock.sleeps == []


@pytest.mark.parametrize("protocol", ["openai-images", "submit-and-poll"])
@pytest.mark.parametrize("mood", [lost, cut_in_half])
def test_an_answer_that_is_lost_after_billing_is_not_billed_twice(
    server: MisbehavingServer, clock: FakeClock, protocol: str, mood: Any
) -> None:
    server.vendor.will("draw" if protocol == "openai-images" else "submit", mood, mood)
    (result,) = draw(a_card(server, protocol), clock)
    assert isinstance(result, Drawn)
    assert list(server.vendor.billed.values()) == [1]


def test_another_seed_or_shot_or_tenant_is_another_order(server: MisbehavingServer, clock: FakeClock) -> None:
    draw(a_card(server), clock, request(), request(seed=8), request(1), request(tenant="other"))
    draw(a_card(server), clock, request())
    assert list(server.vendor.billed.values()) == [1, 1, 1, 1]


def test_a_slow_answer_is_given_up_and_asked_for_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", slow(1.3))
    (result,) = draw(a_card(server, timeout_s=1), clock)
    assert isinstance(result, Drawn)
    assert len(server.vendor.seen) == 2


WRONG = {
    "html": saying(b"<html>Please sign in</html>", "text/html"),
    "half JSON": saying(b'{"data": [', "application/json"),
    "no picture": saying(b'{"data": []}', "application/json"),
    "no base64": saying(b'{"data": [{"b64_json": "%%"}]}', "application/json"),
    "text for a picture": saying(b'{"data": [{"b64_json": "aGVsbG8="}]}', "application/json"),
    "bottomless JSON": saying(b"[" * 200_000, "application/json"),
    "compressed": lambda answer: dataclasses.replace(answer(), headers=(("Content-Encoding", "gzip"),)),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_useless_answer_is_repeated_and_then_an_outage(
    server: MisbehavingServer, clock: FakeClock, what: str
) -> None:
    server.vendor.will("draw", WRONG[what])
    assert isinstance(draw(a_card(server), clock)[0], Drawn)
    server.vendor.will("draw", *[WRONG[what]] * 3)
    with pytest.raises(VendorOutage, match="the last of 3 tries"):
        draw(a_card(server), clock, request(1))


def test_a_truncated_picture_is_fetched_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("picture", cut_in_half, saying(b"<html>", "text/html"))
    (result,) = draw(a_card(server, "submit-and-poll"), clock)
    assert np.array_equal(pixels(result), painted("silk", 64, 64))
    assert len(server.vendor.asked("/pictures/")) == 3
    assert list(server.vendor.billed.values()) == [1]


def test_an_answer_larger_than_the_limit_is_not_read(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("status", *[saying(b" " * 1_000_001, "application/json")] * 3)
    with pytest.raises(VendorOutage, match="1000001 bytes; the limit is 1000000"):
        draw(a_card(server, "submit-and-poll"), clock)


def test_an_endless_job_is_cancelled_at_the_deadline(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.looks_needed = 10**6
    with pytest.raises(VendorOutage, match="the job is not done"):
        draw(a_card(server, "submit-and-poll", deadline_s=30), clock)
    assert clock.now < 30
    assert server.vendor.cancelled == ["urn:job:0"]
    assert len(server.vendor.asked("/status/")) == 30


def test_a_cancel_that_fails_is_logged_and_hides_nothing(
    server: MisbehavingServer, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    server.vendor.looks_needed = 10**6
    server.vendor.will("cancel", refusing(500))
    with pytest.raises(VendorOutage, match="the job is not done"):
        draw(a_card(server, "submit-and-poll", deadline_s=3), clock)
    assert "could not be cancelled: the vendor answers 500" in caplog.text


def test_looking_at_a_job_survives_faults(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("status", refusing(502), lost, refusing(429, retry_after="5"))
    server.vendor.looks_needed = 2
    assert isinstance(draw(a_card(server, "submit-and-poll", attempts=4), clock)[0], Drawn)
    assert list(server.vendor.billed.values()) == [1]


def test_a_job_that_breaks_is_ordered_anew_and_at_last_given_up(server: MisbehavingServer, clock: FakeClock) -> None:
    broken = job(status="failed", error_code="internal_error", message="worker died")
    server.vendor.will("status", broken)
    assert isinstance(draw(a_card(server, "submit-and-poll"), clock)[0], Drawn)
    assert len(server.vendor.billed) == 2
    server.vendor.will("status", broken, job(status="canceled"), broken)
    code, reason = undrawn(draw(a_card(server, "submit-and-poll"), clock, request(1))[0])
    assert code == "job_failed"
    assert "3 times, last: failed internal_error worker died" in reason


def test_one_outage_in_a_batch_rises_and_begins_nothing_new(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", *[refusing(401)] * 2)
    with pytest.raises(CredentialRefused):
        draw(a_card(server, concurrency=1), clock, *[request(number) for number in range(6)])
    assert len(server.vendor.seen) <= 3


# Refusing


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "content_policy_violation"), (400, "moderation_blocked"), (403, "content_filter"), (422, "prompt_unsafe")],
)
def test_the_vendors_content_policy_refuses_one_picture_only(
    server: MisbehavingServer, clock: FakeClock, status: int, code: str
) -> None:
    server.vendor.will("draw", refusing(status, code, f"Rejected.\n Key {SECRET}, see https://v.example/x?sig=abc"))
    refused, drawn = draw(a_card(server, concurrency=1), clock, request(), request(1))
    assert isinstance(drawn, Drawn)
    told, reason = undrawn(refused)
    assert told == "content_policy"
    assert f"{code}: Rejected. Key [credential], see https://v.example/x?[...]" in reason
    assert clock.sleeps == []


def test_a_job_failed_for_policy_is_not_ordered_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("status", job(status="failed", errors=[{"code": "content_policy", "message": "no"}]))
    code, _ = undrawn(draw(a_card(server, "submit-and-poll"), clock)[0])
    assert code == "content_policy"
    assert len(server.vendor.asked("generate-async")) == 1


def test_other_bad_requests_are_refused_with_the_vendors_words(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", refusing(400, "invalid_size", "64x64 is not offered " + "x" * 500))
    code, reason = undrawn(draw(a_card(server), clock)[0])
    assert code == "vendor_refused"
    assert "64x64 is not offered" in reason
    assert len(reason) < 400


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_is_named_and_not_told(server: MisbehavingServer, clock: FakeClock, status: int) -> None:
    server.vendor.will("draw", refusing(status, "invalid_api_key", f"Incorrect key {SECRET}"))
    with pytest.raises(CredentialRefused, match=f"environment variable {VARIABLE} is not accepted") as caught:
        draw(a_card(server), clock)
    assert "Incorrect" not in str(caught.value)


@pytest.mark.parametrize(("value", "wrong"), [(None, "is not set"), ("", "is empty"), ("a b", "white"), ("k\n", "white")])
def test_an_unusable_credential_is_refused_before_anything_is_sent(
    server: MisbehavingServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, value: str | None, wrong: str
) -> None:
    monkeypatch.delenv(VARIABLE) if value is None else monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(CredentialRefused, match=f"{VARIABLE} .*{wrong}"):
        draw(a_card(server), clock)
    assert not server.vendor.seen


def test_a_new_credential_counts_from_the_next_request_on(
    server: MisbehavingServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = RemoteHandler(a_card(server), patience=clock.patience())
    connection = handler.load_model()
    handler.run_inference([request()], connection)
    monkeypatch.setenv(VARIABLE, "renewed")
    handler.run_inference([request(1)], connection)
    connection.client.close()
    assert [seen.headers["authorization"] for seen in server.vendor.seen] == [f"Bearer {SECRET}", "Bearer renewed"]


@pytest.mark.parametrize("status", [404, 405, 301])
def test_a_wrong_address_or_model_is_told_at_once(server: MisbehavingServer, clock: FakeClock, status: int) -> None:
    server.vendor.will("draw", refusing(status, "model_not_found", Location="http://127.0.0.1:1/"))
    with pytest.raises(EndpointRefused, match=r"/v1/images/generations answers .* correct source.url, or api.model 'm'"):
        draw(a_card(server), clock)
    assert len(server.vendor.seen) == 1


@pytest.mark.parametrize(("status", "code"), [(429, "insufficient_quota"), (402, ""), (400, "billing_hard_limit_reached")])
def test_an_empty_account_stops_everything(server: MisbehavingServer, clock: FakeClock, status: int, code: str) -> None:
    server.vendor.will("draw", refusing(status, code))
    with pytest.raises(AccountRefused, match="top it up"):
        draw(a_card(server), clock)


@pytest.mark.parametrize("url", ["http://api.example/v1", "ftp://api.example/v1", "api.example"])
def test_a_card_that_would_show_the_credential_is_refused(server: MisbehavingServer, url: str) -> None:
    card = a_card(server)
    open_card = card.model_copy(update={"source": card.source.model_copy(update={"url": url})})
    with pytest.raises(EndpointRefused, match="no https address"):
        RemoteHandler(open_card).load_model()


def test_every_refusal_survives_pickling() -> None:
    for error in (
        CredentialRefused("c", "V", "is empty"),
        EndpointRefused("c", "u", "answers 404"),
        AccountRefused("c", "r"),
        Declined("wrong_size", "r"),
        VendorOutage("c", "s", "w"),
        Transient("w", 3.0),
    ):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


# Pictures


def test_a_picture_of_nearly_the_ratio_is_resampled_and_noted(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.paint = lambda words, width, height: png(painted(words, 2 * width + 1, 2 * height))
    (result,) = draw(a_card(server), clock)
    expected = Image.fromarray(painted(SENT, 129, 128)).resize((64, 64), Image.Resampling.LANCZOS)
    assert np.array_equal(pixels(result), np.asarray(expected))
    assert isinstance(result, Drawn)
    assert result.caption == f"{SENT} (the vendor gave 129x128 px, resampled to 64x64)"


def test_a_picture_of_another_ratio_is_refused(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.paint = lambda words, width, height: png(painted(words, width * 2, height))
    code, reason = undrawn(draw(a_card(server), clock)[0])
    assert code == "wrong_size"
    assert "128x64 px; 64x64 was ordered" in reason


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, and holds none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("edge", [600, 11_000, 60_000])
def test_a_bomb_is_refused_before_it_is_decoded(server: MisbehavingServer, clock: FakeClock, edge: int) -> None:
    server.vendor.paint = lambda *_: bomb(edge, edge)
    code, _ = undrawn(draw(a_card(server), clock)[0])
    assert code == "wrong_size"
    assert len(server.vendor.seen) == 1


def test_alpha_is_laid_on_white_and_a_profile_becomes_srgb() -> None:
    clear = np.zeros((64, 64, 4), np.uint8)
    clear[32:] = (255, 0, 0, 255)
    made, _ = pixels_of(png(clear), ORDER)
    assert made[0, 0].tolist() == [1, 1, 1]
    assert made[63, 0].tolist() == [1, 0, 0]
    grey = np.full((64, 64, 3), 128, np.uint8)
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    same, _ = pixels_of(png(grey, icc_profile=srgb.tobytes()), ORDER)
    assert np.abs(same * 255 - 128).max() <= 1
    with pytest.raises(Transient, match="cannot be decoded"):
        pixels_of(png(grey, icc_profile=linear.tobytes()), ORDER)


def test_a_wide_gamut_picture_is_converted() -> None:
    grey = np.full((64, 64), 128, np.uint8)
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).profile
    assert lab.xcolor_space == "RGB "
    made, _ = pixels_of(png(grey), ORDER)
    assert made.shape == (64, 64, 3)
    assert np.abs(made * 255 - 128).max() < 1


# Addresses


def test_results_are_fetched_without_the_credential_from_other_hosts(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    with MisbehavingServer() as shelf:
        shelf.vendor.pictures["one"] = png(painted("from the shelf", 64, 64))
        server.vendor.picture_url = f"{shelf.url}/pictures/one?signature=x"
        for protocol in ("openai-images", "submit-and-poll"):
            server.vendor.hand_out_urls = True
            (result,) = draw(a_card(server, protocol), clock)
            assert np.array_equal(pixels(result), painted("from the shelf", 64, 64))
        assert all("authorization" not in seen.headers for seen in shelf.vendor.seen)
        assert [seen.headers["host"] for seen in shelf.vendor.seen] == [shelf.url.removeprefix("http://")] * 2


@pytest.mark.parametrize(
    "location",
    [
        "https://10.0.0.1/p.png",
        "https://169.254.169.254/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.1.1]/p.png",
        "https://[fd00::1]/p.png",
        "https://0.0.0.0/p.png",
        "http://93.184.216.34/p.png",
        "file:///etc/passwd",
    ],
)
def test_neither_an_answer_nor_a_redirect_leads_to_a_private_host(
    server: MisbehavingServer, clock: FakeClock, location: str
) -> None:
    server.vendor.hand_out_urls = True
    server.vendor.will("picture", redirecting(location))
    code, reason = undrawn(draw(a_card(server), clock)[0])
    assert code == "unsafe_address"
    assert "nothing was fetched" in reason
    server.vendor.picture_url = location
    assert undrawn(draw(a_card(server), clock, request(1))[0])[0] == "unsafe_address"


def test_a_redirect_to_an_allowed_host_is_followed_but_not_for_ever(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    with MisbehavingServer() as shelf:
        shelf.vendor.pictures["one"] = png(painted("moved", 64, 64))
        server.vendor.hand_out_urls = True
        server.vendor.will("picture", redirecting(f"{shelf.url}/pictures/one"))
        assert np.array_equal(pixels(draw(a_card(server), clock)[0]), painted("moved", 64, 64))
        shelf.vendor.will("picture", *[redirecting("/pictures/one")] * 99)
        server.vendor.will("picture", *[redirecting(f"{shelf.url}/pictures/one")] * 3)
        with pytest.raises(VendorOutage, match="redirects 4 times"):
            draw(a_card(server), clock, request(1))


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_used() -> None:
    answers = iter([["93.184.216.34"], ["10.0.0.1"]])
    reach = Reach(httpx2.URL("https://api.example/v1"), resolve=lambda host, port: next(answers))
    assert str(reach.pinned(httpx2.URL("https://files.example/p.png?s=1"))) == "https://93.184.216.34/p.png?s=1"
    with pytest.raises(Declined, match=r"private address \(10.0.0.1\)"):
        reach.pinned(httpx2.URL("https://files.example/p.png"))
    mixed = dataclasses.replace(reach, resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Declined, match="127.0.0.1"):
        mixed.pinned(httpx2.URL("https://files.example/p.png"))


def test_a_job_elsewhere_gets_the_credential_only_if_the_card_names_its_host(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    server.vendor.status_host = "https://jobs.vendor.example"
    with pytest.raises(EndpointRefused, match=r"jobs.vendor.example .* name it among the card's hosts"):
        draw(a_card(server, "submit-and-poll"), clock)
    home = httpx2.URL("https://api.vendor.example/v3")
    reach = Reach(home, ("jobs.vendor.example",))
    assert reach.trusts(httpx2.URL("https://jobs.vendor.example/v3/status/1"))
    assert not reach.trusts(httpx2.URL("http://jobs.vendor.example/v3/status/1"))
    assert not reach.trusts(httpx2.URL("https://jobs.vendor.example:8443/v3/status/1"))
    assert not reach.trusts(httpx2.URL("https://api.vendor.example.evil.example/"))


# Secrets


def test_the_secret_is_in_no_pickle_repr_log_or_message(
    server: MisbehavingServer, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    card = a_card(server)
    handler = RemoteHandler(card, client=VARIABLE)
    connection = handler.load_model()
    said = [repr(handler), repr(connection), repr(vars(handler)), str(pickle.dumps(handler))]
    connection.client.close()
    echo = f"you sent Bearer {SECRET}"
    moods = [
        refusing(400, "bad", echo), refusing(400, "content_policy", echo), refusing(401, "x", echo),
        refusing(402, "x", echo), refusing(404, "x", echo), refusing(429, "insufficient_quota", echo),
        *[refusing(500, "x", echo)] * 3, *[lost] * 3, *[cut_in_half] * 3,
        *[saying(echo.encode(), "text/plain")] * 3,
    ]  # fmt: skip
    server.vendor.will("draw", *moods)
    failures = 0
    while server.vendor.moods["draw"]:
        failures += 1
        try:
            said.append(repr(draw(card, clock, request(failures))))
        except (CredentialRefused, EndpointRefused, AccountRefused, VendorOutage) as error:
            chain: BaseException | None = error
            while chain:
                said += [str(chain), repr(chain), repr(vars(chain))]
                chain = chain.__cause__ or chain.__context__
    assert failures == 10
    server.vendor.will("status", job(status="failed", message=echo))
    said.append(repr(draw(a_card(server, "submit-and-poll"), clock)))
    said.append(caplog.text)
    assert not [text for text in said if SECRET in text]
    assert not [text for text in said if "signed-and-secret" in text]
    assert sum(SECRET in seen.headers["authorization"] for seen in server.vendor.seen) == len(server.vendor.seen) - 1 or 1


def test_a_vendors_words_are_made_fit_for_a_log() -> None:
    assert scrub("Incorrect API key sk-proj-abcdef12***9z\x1b[31m") == "Incorrect API key [key] [31m"
    assert scrub("see https://b.example/p?X-Sig=1#f and Bearer abcdefgh") == "see https://b.example/p?[...] and [key]"
    assert len(scrub("word " * 200)) == 240


# In the flow


def test_a_two_shot_batch_passes_the_screen_through_beam_and_is_counted(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    server.vendor.will("draw", refusing(503))
    orders = [dataclasses.replace(ORDER, name=f"flow{number}", prompt=f"flow {number}") for number in range(2)]
    handler = RemoteHandler(a_card(server))
    screened: Any = ScreenedHandler(handler, card_of("measured", "screen"))  # type: ignore[arg-type]

    def told(drawing: Drawing) -> tuple[str, bool, str, bytes]:
        made = np.rint(drawing.pixels * 255).astype(np.uint8)
        return drawing.order.name, drawing.passed, drawing.caption, made.tobytes()

    pipeline = beam.Pipeline()
    drawn = pipeline | beam.Create([orders]) | RunInference(screened.with_no_batching())
    words = [f"flow {number}. Avoid: glare" for number in range(2)]
    expected = [(f"flow{n}", True, words[n], painted(words[n], 64, 64).tobytes()) for n in range(2)]
    assert_that(drawn | beam.Map(told), equal_to(expected))
    result = pipeline.run()
    result.wait_until_finish()
    found = result.metrics().query(MetricsFilter().with_namespace("remote"))["counters"]
    counted = {counter.key.metric.name: counter.committed for counter in found}
    assert counted == {"paid_pictures/vendor@1/aurelle": 2, "paid_micro_usd/vendor@1/aurelle": 80_000}
    assert list(server.vendor.billed.values()) == [1, 1]


def test_the_time_of_a_picture_is_bounded_whatever_the_vendor_does(clock: FakeClock) -> None:
    effort = Effort("card", "shot", "key", 1_000, 60.0, clock.patience())

    def never() -> None:
        raise Transient("no answer")

    with pytest.raises(VendorOutage, match="no answer"):
        effort.repeat("drawing", never)
    assert clock.now < 60


def test_the_example_cards_of_the_documentation_are_valid() -> None:
    page = (ROOT / "docs" / "models" / "remote.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in page.split("```yaml\n")[1:]]
    cards = [ModelCard.model_validate(yaml.safe_load(block)) for block in blocks]
    assert {card.api.protocol for card in cards if card.api} == {"openai-images", "submit-and-poll"}
    for card in cards:
        assert card.stage == "draft"
        RemoteHandler(card).load_model().client.close()
