"""The hub's answers become files, pauses and sentences, and the token goes to the endpoint alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from foundry.card.card import ModelCard
from models.registry.hub import HubOrigin
from models.registry.refusals import PullRefused
from models.registry.resumable_fetch import Interrupted, ListedFile
from tests.support.cards import CARD, weights
from tests.support.hub import COMMIT, Hub
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import Reply, as_json
from tests.support.self_signed import certificate

FILE = "unet/diffusion_pytorch_model.safetensors"
MODEL = ModelCard.model_validate({**CARD, "source": {"kind": "hub", "repository": "lab/tiny", "revision": COMMIT}})


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Hub(weights(tmp_path / "hub"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def read(origin: HubOrigin, start: int = 0) -> tuple[int, int | None, bytes]:
    with origin.open_file(FILE, start) as opened:
        return opened.start, opened.size, b"".join(opened.blocks)


def test_files_are_listed_with_the_hashes_that_the_hub_knows(hub: Hub) -> None:
    listed = HubOrigin(MODEL, hub.address).list_files()
    assert set(listed) == {FILE, "model_index.json"}
    assert listed["model_index.json"] == ListedFile(47, "")
    assert (listed[FILE].size, len(listed[FILE].sha256)) == (404, 64)


def test_a_file_is_read_from_any_byte(hub: Hub) -> None:
    data = (hub.folder / FILE).read_bytes()
    origin = HubOrigin(MODEL, hub.address)
    assert read(origin) == (0, 404, data)
    assert read(origin, 400) == (400, 404, data[400:])
    hub.manner.ranges = False
    assert read(origin, 400) == (0, 404, data)


def test_a_start_beyond_the_end_begins_again_at_the_next_try(hub: Hub) -> None:
    with pytest.raises(Interrupted, match=f"the part of {FILE} that was here did not fit its file"):
        read(HubOrigin(MODEL, hub.address), 1000)


def test_a_connection_that_breaks_or_falls_silent_keeps_what_came(hub: Hub) -> None:
    hub.manner.drop_after = 90
    with HubOrigin(MODEL, hub.address).open_file(FILE, 0) as opened:
        came = next(opened.blocks)
        with pytest.raises(Interrupted):
            next(opened.blocks)
    assert came == (hub.folder / FILE).read_bytes()[:90]
    hub.manner.drop_after, hub.manner.stall_after = 0, 150
    with pytest.raises(Interrupted, match="timed out"):
        read(HubOrigin(MODEL, hub.address, silence_s=0.2))
    hub.manner.going_on.set()


def test_a_hub_that_is_away_may_come_back(hub: Hub) -> None:
    with pytest.raises(Interrupted):
        HubOrigin(MODEL, "http://127.0.0.1:9").list_files()


@pytest.mark.parametrize("endpoint", ["ftp://x", "hub.example", "http://", "http://[::1"])
def test_an_endpoint_that_is_no_http_address_is_refused(endpoint: str) -> None:
    with pytest.raises(PullRefused, match="is no http address; see --endpoint"):
        HubOrigin(MODEL, endpoint)


def answering(mood: Callable[[str], Reply], pem: Path | None = None) -> MisbehavingServer:
    """Return a server that answers every GET by its address."""
    server = MisbehavingServer(pem)
    server.vendor.answer = lambda request, base: mood(base)  # type: ignore[method-assign, assignment]
    return server


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (401, "is private or gated, and HF_TOKEN is not set"),
        (404, r"is not in lab/tiny at 0123456789ab \(404\)"),
        (418, "was answered with 418 by http://127.0.0.1"),
    ],
)
def test_a_status_that_will_not_change_is_refused(status: int, wrong: str) -> None:
    with answering(lambda base: Reply(status, b"{}")) as server, pytest.raises(PullRefused, match=wrong):
        HubOrigin(MODEL, server.url).list_files()


def test_a_busy_hub_may_ask_for_a_pause() -> None:
    busy = Reply(503, b"", headers=(("Retry-After", "7"),))
    with answering(lambda base: busy) as server, pytest.raises(Interrupted, match="answers 503") as asked:
        HubOrigin(MODEL, server.url).list_files()
    assert asked.value.pause_s == 7


def test_a_list_that_is_none_is_refused() -> None:
    with answering(lambda base: as_json({"error": "x"})) as server, pytest.raises(PullRefused, match="cannot be read"):
        HubOrigin(MODEL, server.url).list_files()


def test_redirects_without_end_are_refused() -> None:
    with (
        answering(lambda base: Reply(302, b"", headers=(("Location", f"{base}/again"),))) as server,
        pytest.raises(PullRefused, match="was redirected 10 times"),
    ):
        HubOrigin(MODEL, server.url).list_files()
    assert len(server.vendor.seen) == 10


def test_the_token_follows_redirects_within_the_endpoint_and_no_further(hub: Hub) -> None:
    hub.manner.token = "hf_secret"
    hub.manner.elsewhere = hub.address
    read(HubOrigin(MODEL, hub.address, "hf_secret"))
    assert [sent for _, _, sent in hub.manner.asked] == ["Bearer hf_secret"] * 2
    hub.manner.asked.clear()
    hub.manner.elsewhere = hub.address.replace("127.0.0.1", "localhost")
    read(HubOrigin(MODEL, hub.address, "hf_secret"))
    assert [sent for _, _, sent in hub.manner.asked] == ["Bearer hf_secret", ""]


def test_an_unknown_certificate_is_refused_at_once(tmp_path: Path) -> None:
    with (
        answering(lambda base: as_json([]), certificate("127.0.0.1", tmp_path)) as server,
        pytest.raises(PullRefused, match=r"the list of files was not fetched: .*certificate"),
    ):
        HubOrigin(MODEL, server.url, "hf_secret").list_files()


def test_a_hub_and_its_token_are_shown_without_the_token() -> None:
    assert "hf_secret" not in repr(HubOrigin(MODEL, token="hf_secret"))


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("", "leads back to a page of its own"),
        ("file:///etc/passwd", "leads away from http://127.0.0.1"),
        ("//169.254.169.254/latest/meta-data", "leads away from"),
        ("https://127.0.0.1/elsewhere", "leads away from"),
        ("http://[::1", "leads away from"),
        ("?recursive=true&cursor={n}", "has more than 200 pages"),
    ],
)
def test_pages_that_lead_back_away_or_on_and_on_are_refused(hub: Hub, link: str, says: str) -> None:
    here = f"{hub.address}/api/models/lab/tiny/tree/{COMMIT}?recursive=true"
    hub.manner.link = link or here
    with pytest.raises(PullRefused, match=f"the list of files .*{says}"):
        HubOrigin(MODEL, hub.address).list_files()
    assert len(hub.manner.asked) <= 200


@pytest.mark.parametrize("where", ["file:///etc", "ftp://127.0.0.1", "http://192.0.2.1", "gopher://x"])
def test_a_redirect_to_anything_but_https_is_refused_without_a_request(hub: Hub, where: str) -> None:
    hub.manner.elsewhere = where
    with pytest.raises(PullRefused, match=r"was not fetched: .* answers with a redirect to"):
        read(HubOrigin(MODEL, hub.address))


@pytest.mark.parametrize("endpoint", ["http://hub.example", "http://10.0.0.1:8080"])
def test_a_hub_is_asked_by_https_alone_except_on_this_machine(endpoint: str) -> None:
    with pytest.raises(PullRefused, match=r"is neither https nor on this machine, .*; see --endpoint"):
        HubOrigin(MODEL, endpoint)
