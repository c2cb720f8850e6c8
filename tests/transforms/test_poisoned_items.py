"""Items on which a stage fails, in real pipelines: each is a dead letter, and the campaigns beside it are whole."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from foundry.errors import BadInput, Unusable
from foundry.inputs.picture import picture_name
from foundry.plan.shot import ShotOrder
from foundry.store.bucket_requests import BucketRefused, StoreOutage
from foundry.store.object_store import CorruptObject, LocalStore
from models.drawing import Drawing
from pipelines.campaign.flow import Outcome, build_all
from pipelines.campaign.running import RunOptions, run_all
from pipelines.planning.admission import Admitted
from tests.support.briefs import a_tenant, admitted
from tests.support.fakes import Brush, PaintingHandler
from tests.support.manifests import manifest_rows
from transforms.item_faults import describe, is_shared
from transforms.itemwise import ItemwiseHandler

SMALL: dict[str, Any] = {"placements": ["google/leaderboard"]}


def of_two_tenants(folder: Path) -> tuple[Admitted, Admitted]:
    """A campaign each of aurelle and northpeak, of one shot and two files."""
    return (
        admitted(folder, **SMALL),
        admitted(folder, owner=a_tenant("northpeak"), tenant="northpeak", **SMALL),
    )


def together(folder: Path, *orders: Admitted, generator: Any = None) -> list[Outcome]:
    """Make the orders in one run."""
    found = [(each.plan, each.inputs) for each in orders]
    outcomes = build_all(found, LocalStore(folder / "store"), generator=generator or PaintingHandler())
    return [outcomes[each.plan.digest] for each in orders]


class Poisoned(PaintingHandler):
    """Paints, and fails on the orders of one tenant, as a model fails on a prompt that its authors did not foresee."""

    def __init__(self, tenant: str, error: Exception) -> None:
        super().__init__()
        self.tenant, self.error = tenant, error

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """Paintings."""
        if any(order.tenant == self.tenant for order in batch):
            raise self.error
        return super().run_inference(batch, model, inference_args)


def test_a_shot_on_which_the_model_fails_is_a_dead_letter_and_another_tenants_campaign_is_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned, innocent = of_two_tenants(tmp_path)
    with caplog.at_level(logging.ERROR, "transforms.item_faults"):
        bad, good = together(
            tmp_path, poisoned, innocent, generator=Poisoned("aurelle", ZeroDivisionError("/srv/secret"))
        )
    assert (good.rows, good.letters) == (2, ())
    (of_shot,) = [letter for letter in bad.letters if letter.stage == "draw"]
    assert (of_shot.code, bad.rows) == ("bug", 0)
    assert "/srv/secret" not in of_shot.reason
    assert {letter.code for letter in bad.letters if letter.stage == "render"} == {"no_master"}
    assert "ZeroDivisionError" in caplog.text


def test_a_damaged_input_of_one_tenant_ends_its_campaign_alone(tmp_path: Path) -> None:
    poisoned, innocent = of_two_tenants(tmp_path)
    (picture,) = (key for key in poisoned.plan.pictures if key)
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    own.put_once(picture_name(picture), b"GIF89a, or so it says")
    options = RunOptions(generator=PaintingHandler())
    with pytest.raises(RuntimeError, match="CorruptObject"):
        run_all([poisoned, innocent], str(tmp_path / "store"), options=options)
    assert len(manifest_rows(tmp_path / "store", "northpeak")) == 2
    assert (tmp_path / "store" / "northpeak" / "campaigns" / "test" / "report.html").is_file()


@dataclass(frozen=True)
class Poisonous(LocalStore):
    """Fails on aurelle's finished files, as an encoder fails on a picture that nobody foresaw."""

    def for_tenant(self, tenant: str) -> Poisonous:
        """The same store."""
        return Poisonous(self.root, f"{tenant}/")

    def put_once(self, name: str, data: bytes) -> bool:
        """As of any folder, except for aurelle's wide files."""
        if self.prefix == "aurelle/" and name.startswith("renditions/"):
            raise ValueError(f"{self.root} is poisoned")
        return super().put_once(name, data)


def test_files_on_which_rendering_fails_are_dead_letters_and_the_rest_is_rendered(tmp_path: Path) -> None:
    poisoned, innocent = of_two_tenants(tmp_path)
    found = [(each.plan, each.inputs) for each in (poisoned, innocent)]
    outcomes = build_all(found, Poisonous(tmp_path / "store"), generator=PaintingHandler())
    bad, good = outcomes[poisoned.plan.digest], outcomes[innocent.plan.digest]
    assert (good.rows, good.letters) == (2, ())
    assert [(letter.stage, letter.code) for letter in bad.letters] == [("render", "bug")] * 2
    assert not any(str(tmp_path) in letter.reason for letter in bad.letters)


class Half(PaintingHandler):
    """Paints, but fails on a batch that holds the second alternative."""

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """Paintings."""
        if any(order.alternative == 1 for order in batch):
            raise KeyError("word")
        return super().run_inference(batch, model, inference_args)


def test_of_a_batch_only_the_item_that_fails_is_lost(tmp_path: Path) -> None:
    (outcome,) = together(tmp_path, admitted(tmp_path, alternatives=3, **SMALL), generator=Half())
    assert [letter.code for letter in outcome.letters if letter.stage == "draw"] == ["bug"]
    assert outcome.rows == 4


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"), StoreOutage("n", 1, "503"), CorruptObject("n", "a", "b"),
        BucketRefused("n", "b", "403"), MemoryError(), PermissionError(13, "Permission denied"),
    ],
)  # fmt: skip
def test_errors_of_the_store_and_the_machine_concern_the_whole_run(error: Exception) -> None:
    assert is_shared(error)
    assert is_shared(error, drawing=True)


@pytest.mark.parametrize(
    "error",
    [
        OSError("image file is truncated"), ValueError("x"), KeyError("x"),
        UnicodeDecodeError("utf-8", b"x", 0, 1, "x"),
        RecursionError(), NotImplementedError(), Unusable("a.png", "is broken", "give another"),
    ],
)  # fmt: skip
def test_errors_of_data_and_bugs_concern_one_item(error: Exception) -> None:
    assert not is_shared(error)
    assert not is_shared(error, drawing=True)


@pytest.mark.parametrize("error", [RuntimeError("CUDA error"), BadInput("card", "is broken"), AssertionError()])
def test_errors_of_the_device_and_the_card_concern_the_whole_run_where_models_draw(error: Exception) -> None:
    assert is_shared(error, drawing=True)
    assert not is_shared(error)


def test_a_decoders_error_is_called_unreadable_and_another_one_a_bug() -> None:
    assert describe(OSError("broken"), "k")[0] == "unreadable"
    assert describe(TypeError("broken"), "k")[0] == "bug"
    assert describe(Unusable("a.png", "is broken", "give another"), "k") == (
        "unusable", "a.png is broken; give another",
    )  # fmt: skip


def test_what_concerns_the_run_is_raised_by_the_itemwise_handler() -> None:
    handler: ItemwiseHandler[ShotOrder, Any] = ItemwiseHandler(
        Poisoned("aurelle", OSError(28, "full")), lambda *_: None, lambda order: order.key, "draw"
    )
    from tests.support.drawing import an_order

    with pytest.raises(OSError, match="full"):
        handler.run_inference([an_order()], handler.load_model())
