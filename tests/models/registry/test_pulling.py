"""Pulling goes on where it stopped, takes only what the card lists, and keeps nothing that is not right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.models import models_app
from foundry.card.card import ModelCard
from foundry.errors import FoundryError
from foundry.retrying import RetryPolicy
from models.registry import Registry, find, verify, weights_of
from models.registry.adding import add
from models.registry.ledger import lock_folder
from models.registry.pulling import Access, pull
from tests.support.briefs import ROOT
from tests.support.cards import a_registry, card_file, evidence, tensors, weights
from tests.support.hub import COMMIT, Hub

FILE = "unet/diffusion_pytorch_model.safetensors"
QUICK = RetryPolicy(attempts=3, first_pause_s=0.01, longest_pause_s=0.05, call_s=5)
HUB = {"kind": "hub", "repository": "lab/tiny", "revision": COMMIT}


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


def a_card(tmp_path: Path, **changes: Any) -> ModelCard:
    given = {"source": HUB, "weights": weights_of(tmp_path / "hub"), **changes}
    card_file(tmp_path / "cards", **given)
    name = f"tiny@{changes.get('version', '1')}"
    return find(Registry((tmp_path / "cards",), tmp_path / "home"), name)


def access(hub: Hub, **changes: Any) -> Access:
    return Access(**{"endpoint": hub.address, "retries": QUICK, **changes})


def silent(file: str, here: int, size: int | None) -> None:
    """Nobody watches."""


def refusal(card: ModelCard, how: Access, **more: Any) -> str:
    with pytest.raises(FoundryError) as refused:
        pull(card, how, silent, **more)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_pull_fetches_what_the_card_lists_and_a_second_one_asks_nothing(tmp_path: Path, hub: Hub) -> None:
    (hub.folder / "README.md").write_text("words")
    tensors(hub.folder / "unet" / "other.safetensors")
    told: list[tuple[str, int, int | None]] = []
    card = a_card(tmp_path, weights={FILE: weights_of(hub.folder)[FILE]})
    assert not card.present
    assert pull(card, access(hub), lambda *told_now: told.append(told_now)) == card.weights
    assert card.folder == tmp_path / "home" / "tiny" / "1"
    assert files(card.folder) == [FILE]
    assert told == [(FILE, 404, 404)]
    verify(card)
    hub.manner.asked.clear()
    pull(card, access(hub), silent)
    assert hub.manner.asked == []


def test_a_connection_that_breaks_again_and_again_is_taken_up_where_it_broke(tmp_path: Path, hub: Hub) -> None:
    hub.manner.drop_after = 90
    card = a_card(tmp_path)
    pull(card, access(hub), silent)
    ranges = [wanted for path, wanted, _ in hub.manner.asked if path.endswith(FILE)]
    assert ranges == ["", "bytes=90-", "bytes=180-", "bytes=270-", "bytes=360-"]
    verify(card, full=True)
    assert not card.folder.with_name("1.part").exists()


def test_a_hub_that_falls_silent_is_asked_again(tmp_path: Path, hub: Hub) -> None:
    hub.manner.stall_after = 150
    card = a_card(tmp_path)
    pull(card, access(hub, retries=replace(QUICK, call_s=0.2)), silent)
    assert "bytes=150-" in [wanted for _, wanted, _ in hub.manner.asked]
    hub.manner.going_on.set()
    verify(card)


def test_ctrl_c_leaves_a_part_that_the_same_command_goes_on_with(tmp_path: Path, hub: Hub) -> None:
    hub.manner.stall_after = 150
    card = a_card(tmp_path, weights={FILE: weights_of(hub.folder)[FILE]})
    part = card.folder.with_name("1.part") / FILE
    code = "from console.models import models_app; models_app()"
    options = ["--cards", str(tmp_path / "cards"), "--home", str(tmp_path / "home"), "--endpoint", hub.address]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-c", code, "pull", "tiny", *options]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, preexec_fn=heard, **pipes) as process:  # noqa: PLW1509 - no thread
        while process.poll() is None and not (part.is_file() and part.stat().st_size == 150):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode != 0
    assert part.stat().st_size == 150
    assert not (card.folder / FILE).exists()
    hub.manner.going_on.set()
    hub.manner.stall_after = 0
    hub.manner.asked.clear()
    pull(card, access(hub), silent)
    assert [wanted for path, wanted, _ in hub.manner.asked if path.endswith(FILE)] == ["bytes=150-"]
    verify(card)


def test_a_part_of_an_earlier_command_is_gone_on_with(tmp_path: Path, hub: Hub) -> None:
    card = a_card(tmp_path)
    part = card.folder.with_name("1.part") / FILE
    part.parent.mkdir(parents=True)
    part.write_bytes((hub.folder / FILE).read_bytes()[:200])
    pull(card, access(hub), silent)
    assert [wanted for path, wanted, _ in hub.manner.asked if path.endswith(FILE)] == ["bytes=200-"]


def test_a_server_without_ranges_begins_again(tmp_path: Path, hub: Hub) -> None:
    card = a_card(tmp_path)
    part = card.folder.with_name("1.part") / FILE
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 200)
    hub.manner.ranges = False
    pull(card, access(hub), silent)
    verify(card)


def test_a_part_that_is_longer_than_the_file_is_thrown_away(tmp_path: Path, hub: Hub) -> None:
    card = a_card(tmp_path)
    part = card.folder.with_name("1.part") / FILE
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 2000)
    pull(card, access(hub), silent)
    verify(card)


def test_a_part_of_another_state_of_the_file_is_kept_aside_and_the_next_command_succeeds(
    tmp_path: Path, hub: Hub
) -> None:
    card = a_card(tmp_path)
    part = card.folder.with_name("1.part") / FILE
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 200)
    said = refusal(card, access(hub))
    assert "arrived and are not sound" in said
    assert len(files(card.folder.with_name("1.quarantine"))) == 1
    pull(card, access(hub), silent)
    verify(card)


def test_a_busy_hub_is_asked_again_and_in_the_end_the_sentence_says_to_go_on(tmp_path: Path, hub: Hub) -> None:
    hub.manner.busy = hub.manner.busy_list = 2
    card = a_card(tmp_path)
    pull(card, access(hub), silent)
    hub.manner.busy = 99
    said = refusal(a_card(tmp_path, version="2"), access(hub))
    assert "stopped coming (the hub answers 503) after 3 tries; run the same command to go on" in said
    hub.manner.busy_list = 99
    said = refusal(a_card(tmp_path, version="3"), access(hub))
    assert "the list of files cannot be had (the hub answers 503) after 3 tries; check the network" in said


def test_a_hub_that_is_not_there_is_told(tmp_path: Path, hub: Hub) -> None:
    gone = access(hub, endpoint="http://127.0.0.1:9")
    assert "the list of files cannot be had" in refusal(a_card(tmp_path), gone)
    assert "is no http address" in refusal(a_card(tmp_path), access(hub, endpoint="ftp://x"))


def test_wrong_bytes_never_reach_the_folder(tmp_path: Path, hub: Hub) -> None:
    data = (hub.folder / FILE).read_bytes()
    head = 8 + int.from_bytes(data[:8], "little")
    hub.manner.wrong = data[:head] + b"\xff"
    card = a_card(tmp_path)
    said = refusal(card, access(hub))
    assert f"{FILE} arrived and have SHA-256" in said
    assert files(card.folder) == ["model_index.json"] or files(card.folder) == []
    assert len(files(card.folder.with_name("1.quarantine"))) == 1
    hub.manner.wrong = b""
    pull(card, access(hub), silent)
    verify(card)


@pytest.mark.parametrize(
    ("changes", "said", "asked"),
    [
        ({"weights": {"x.bin": "0" * 64}}, "x.bin are a pickle by their name", 0),
        ({"weights": {FILE: "0" * 64}}, "at its origin, the card says 000", 1),
        ({"weights": {"no.safetensors": "0" * 64}}, "is on the card but not at its origin", 1),
        ({"weights": {}}, "has no hashes; use `foundry models add CARD.yaml --pull`", 0),
        (
            {"source": {**HUB, "repository": "lab/none"}},
            "the list of files is not in lab/none at 0123456789ab (404)",
            1,
        ),
    ],
)
def test_what_cannot_be_right_is_refused_before_a_file_is_fetched(
    tmp_path: Path, hub: Hub, changes: dict[str, Any], said: str, asked: int
) -> None:
    assert said in refusal(a_card(tmp_path, **changes), access(hub))
    assert len(hub.manner.asked) == asked


def test_a_private_repository_needs_the_token_which_is_never_shown_nor_carried_elsewhere(
    tmp_path: Path, hub: Hub
) -> None:
    hub.manner.token = "hf_secret"
    card = a_card(tmp_path)
    assert "is private or gated, and HF_TOKEN is not set; accept its licence there" in refusal(card, access(hub))
    wrong = access(hub, token="hf_wrong")
    assert "HF_TOKEN was sent and may not read it" in refusal(card, wrong)
    assert "hf_wrong" not in refusal(card, wrong) + repr(wrong)
    hub.manner.elsewhere = hub.address.replace("127.0.0.1", "localhost")
    hub.manner.asked.clear()
    pull(card, access(hub, token="hf_secret"), silent)
    for path, _, sent in hub.manner.asked:
        assert sent == ("" if path.startswith("/cdn/") else "Bearer hf_secret"), path
    assert any(path.startswith("/cdn/") for path, _, _ in hub.manner.asked)


def test_a_long_list_of_files_is_read_page_by_page(tmp_path: Path, hub: Hub) -> None:
    hub.manner.pages = True
    pull(a_card(tmp_path), access(hub), silent)
    assert sum("/tree/" in path for path, _, _ in hub.manner.asked) == 2


def test_a_wrong_file_in_the_folder_is_put_aside_and_fetched_again(tmp_path: Path, hub: Hub) -> None:
    card = a_card(tmp_path)
    pull(card, access(hub), silent)
    (card.folder / FILE).write_bytes(b"spoilt")
    pull(card, access(hub), silent)
    verify(card)
    assert len(files(card.folder.with_name("1.quarantine"))) == 1


def test_two_pulls_of_one_card_do_not_mix(tmp_path: Path, hub: Hub) -> None:
    card = a_card(tmp_path)
    card.folder.mkdir(parents=True)
    with lock_folder(card.folder):
        assert "another process is pulling this card" in refusal(card, access(hub))
    pull(card, access(hub), silent)


def test_without_room_nothing_is_fetched(tmp_path: Path, hub: Hub) -> None:
    hub.manner.size = 10**18
    card = a_card(tmp_path, weights={FILE: weights_of(tmp_path / "hub")[FILE]})
    said = refusal(card, access(hub))
    assert "its weights need 1000000000.0 GB" in said
    assert "make room or choose --home" in said
    assert not any("resolve" in path for path, _, _ in hub.manner.asked)


def test_a_card_without_hashes_is_stamped_with_what_arrives(tmp_path: Path, hub: Hub) -> None:
    (hub.folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes((hub.folder / FILE).read_bytes())
    (hub.folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"x")
    tensors(hub.folder / "single-file.safetensors")
    path = card_file(tmp_path / "desk", source=HUB)
    registry = Registry((tmp_path / "cards",), tmp_path / "home")
    added = add(registry, path, pulling=lambda card: pull(card, access(hub), silent, trust=True))
    assert set(added.weights) == {FILE, "model_index.json"}
    assert added.stage == "draft"
    verify(added)
    assert not any(path.endswith(".bin") for path, _, _ in hub.manner.asked)


def test_a_repository_of_pickles_is_not_taken(tmp_path: Path, hub: Hub) -> None:
    (hub.folder / FILE).rename(hub.folder / "pytorch_model.bin")
    said = refusal(a_card(tmp_path, weights={}), access(hub), trust=True)
    assert "has no safetensors, only pytorch_model.bin; convert them" in said


def test_a_bucket_that_is_a_folder_is_pulled_alike(tmp_path: Path) -> None:
    folder = weights(tmp_path / "hub")
    card = a_card(tmp_path, source={"kind": "bucket", "url": folder.as_uri()})
    part = card.folder.with_name("1.part") / FILE
    part.parent.mkdir(parents=True)
    part.write_bytes((folder / FILE).read_bytes()[:100])
    pull(card, Access(), silent)
    verify(card)
    gone = a_card(tmp_path, version="2", source={"kind": "bucket", "url": (tmp_path / "gone").as_uri()})
    assert "is not a folder; correct the card's source" in refusal(gone, Access())


def test_the_commands_bring_a_model_from_the_hub_and_say_what_they_did(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.manner.token = "hf_secret"
    monkeypatch.chdir(tmp_path)
    for name, value in {"HF_ENDPOINT": hub.address, "HF_TOKEN": "hf_secret", "XDG_CACHE_HOME": "cache"}.items():
        monkeypatch.setenv(name, value)
    path = card_file(tmp_path / "desk", source=HUB)

    def foundry(*arguments: str) -> Any:
        return CliRunner().invoke(models_app, arguments)

    added = foundry("add", str(path), "--pull")
    assert added.stdout == f"tiny@1: draft, {tmp_path}/cards/tiny@1.yaml\n", added.output
    assert f"fetched {FILE}, 404 bytes" in added.stderr
    assert "tiny@1: 2 files, checked" in foundry("pull", "tiny").stdout
    assert "tiny@1: good" in foundry("verify", "tiny", "--full").stdout
    listed = json.loads(foundry("list", "--json").stdout)
    assert (listed["tiny@1"]["present"], listed["tiny@1"]["stage"]) == (True, "draft")
    assert "backdrop@" in foundry().stdout
    shown = json.loads(foundry("show", "tiny", "--json").stdout)
    assert shown["parameters"] == {"F16": 6, "F32": 32, "I64": 5}
    assert "allowed use" in foundry("show", "tiny").stdout
    assert foundry("nominate", "tiny@1", "--why", "trained", "--who", "ann").stdout == "tiny@1: candidate\n"
    assert "run `foundry models evaluate tiny@1`" in str(foundry("promote", "tiny@1", "--why", "better").exception)
    assert "write them after it" in str(foundry("--cards", ".", "list").exception)
    assert "--why: is empty" in str(foundry("promote", "tiny@1", "--why", " ").exception)
    (tmp_path / "cache/campaign-foundry/models/tiny/1" / FILE).write_bytes(b"spoilt by hand")
    spoilt = foundry("verify")
    assert "kept in" in str(spoilt.exception)
    assert "lanczos@1: good, it has no weights" in spoilt.stdout


def test_the_commands_promote_and_roll_back(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", "2")
    options = ("--cards", str(registry.own), "--home", str(tmp_path / "home"), "--why", "w", "--who", "ann")
    said = []
    for version in ("1", "2"):
        evidence(registry, version)
        said.append(CliRunner().invoke(models_app, ["promote", f"tiny@{version}", *options]).stdout)
    said.append(CliRunner().invoke(models_app, ["rollback", "tiny", *options]).stdout)
    assert said == [
        "tiny@1: production\n",
        "tiny@2: production, instead of 1\n",
        "tiny@1: production, instead of 2\n",
    ]
