"""Google's own storage client against an emulator of Cloud Storage; skipped where either is not installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry.card.card import ModelCard
from foundry.errors import FoundryError
from foundry.retrying import RetryPolicy
from models.registry import PullRefused, Registry, find, verify, weights_of
from models.registry.bucket import FolderOrigin
from models.registry.pulling import Access, pull
from models.registry.resumable_fetch import ListedFile
from tests.support.cards import card_file, weights

FILE = "unet/diffusion_pytorch_model.safetensors"
ACCESS = Access(retries=RetryPolicy(attempts=2, first_pause_s=0.05, longest_pause_s=0.05, call_s=5))


def installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


CLIENT = installed("google.cloud.storage")
with_emulator = pytest.mark.skipif(
    not (CLIENT and installed("gcp_storage_emulator")), reason="needs google-cloud-storage and gcp-storage-emulator"
)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files are in gs://models/tiny/v1."""
    from gcp_storage_emulator.server import create_server
    from google.cloud import storage

    server = create_server("127.0.0.1", 0, in_memory=True, default_bucket="models")
    server.start()
    port = server._api._httpd.server_address[1]
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "tests")
    folder = weights(tmp_path / "bucket")
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name = f"tiny/v1/{path.relative_to(folder).as_posix()}"
        storage.Client().bucket("models").blob(name).upload_from_filename(str(path))
    yield folder
    server.stop()


def a_card(tmp_path: Path, url: str) -> ModelCard:
    hashes = weights_of(tmp_path / "bucket") or {FILE: "0" * 64}
    card_file(tmp_path / "cards", source={"kind": "bucket", "url": url}, weights=hashes)
    return find(Registry((tmp_path / "cards",), tmp_path / "home"), "tiny")


@with_emulator
def test_weights_come_from_a_bucket_and_a_part_is_gone_on_with(tmp_path: Path, bucket: Path) -> None:
    card = a_card(tmp_path, "gs://models/tiny/v1")
    part = card.folder.with_name("1.part") / FILE
    part.parent.mkdir(parents=True)
    part.write_bytes((bucket / FILE).read_bytes()[:100])
    told: list[tuple[str, int, int | None]] = []
    pull(card, ACCESS, lambda *now: told.append(now))
    assert told == [("model_index.json", 47, 47), (FILE, 404, 404)]
    verify(card, full=True)


@with_emulator
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("gs://nobody/tiny", "the list of files was refused by nobody: 404"),
        ("gs://models/other", "is on the card but not at its origin"),
    ],
)
def test_a_bucket_or_prefix_that_is_not_there_is_told(tmp_path: Path, bucket: Path, url: str, said: str) -> None:
    with pytest.raises(FoundryError) as refused:
        pull(a_card(tmp_path, url), ACCESS, lambda *now: None)
    assert said in str(refused.value)


@pytest.mark.skipif(CLIENT, reason="google-cloud-storage is installed")
def test_without_the_extra_the_sentence_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(
        PullRefused, match=r"needs the extra gcs; install it with `pip install campaign-foundry\[gcs\]`"
    ):
        pull(a_card(tmp_path, "gs://models/tiny/v1"), ACCESS, lambda *now: None)


def test_a_folder_is_read_from_any_byte(tmp_path: Path) -> None:
    folder = weights(tmp_path / "bucket")
    origin = FolderOrigin(a_card(tmp_path, folder.as_uri()))
    assert origin.list_files() == {FILE: ListedFile(404), "model_index.json": ListedFile(47)}
    data = (folder / FILE).read_bytes()
    for start in (0, 400, 404):
        with origin.open_file(FILE, start) as opened:
            assert (opened.start, opened.size, b"".join(opened.blocks)) == (start, 404, data[start:])


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    weights(tmp_path / "bucket")
    with pytest.raises(PullRefused, match="is not a folder; correct the card's source"):
        FolderOrigin(a_card(tmp_path, (tmp_path / "gone").as_uri())).list_files()
