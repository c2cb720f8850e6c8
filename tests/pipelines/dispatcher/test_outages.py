"""The store's outages are told from a brief's faults, wherever they strike; no good brief is refused for them."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest

from foundry.errors import BadInput
from foundry.store.bucket_requests import BucketRefused, StoreOutage
from foundry.store.object_store import CorruptObject
from models.drawing import Drawing
from pipelines.dispatcher.announcing import Announcer
from pipelines.dispatcher.making import ATTEMPTS, RoundMaker, RoundResult
from pipelines.dispatcher.order import Order
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.outages import outage_of
from pipelines.dispatcher.scheduler import Limits
from tests.pipelines.dispatcher.factory import SMALL
from tests.pipelines.dispatcher.orders import SCENES, RecordingAnnouncer, a_maker, an_order, impatient
from tests.pipelines.dispatcher.sick_store import SickRoundMaker, hits
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler

ILLNESSES: dict[str, Callable[[], Exception]] = {
    "outage": lambda: StoreOutage("masters/m", 3.0, "503"),
    "refused": lambda: BucketRefused("masters/m", "brand-a", "there is no such bucket"),
    "corrupt": lambda: CorruptObject("masters/m", "AAAAAA==", "4waSgw=="),
    **{errno.errorcode[number]: lambda number=number: OSError(number, os.strerror(number), "masters/m")  # type: ignore[misc]
       for number in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE)},
}  # fmt: skip


def sick(root: Path, announcer: Any, where: str, illness: str, times: int) -> SickRoundMaker:
    """A maker whose store is ill so many times when names that begin with `where` are touched."""
    hits[str(root)] = times
    return SickRoundMaker(
        address=str(root),
        announcer=announcer,
        outage_budget=impatient(60.0),
        is_ours=lambda order: True,
        generator=PaintingHandler(),
        reports=False,
        illness=ILLNESSES[illness],
        where=where,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small campaign that is made already."""
    folder = tmp_path_factory.mktemp("made")
    assert a_maker(folder / "store", RecordingAnnouncer()).make([small(folder, 1)]) == RoundResult()
    return folder


def small(folder: Path, offset: int, **changes: Any) -> Order:
    return an_order(admitted(folder, placements=SMALL, **changes), offset)


def made_in_the_end(busy: RoundMaker, order: Order) -> int:
    """Make an order again and again, as the loop does, until it need not wait; how often it had to."""
    waits = 0
    while (result := busy.make([order])) != RoundResult():
        assert result.failed == []
        assert [away.order for away in result.away] == [order]
        waits += 1
    return waits


@pytest.mark.parametrize("illness", ILLNESSES)
def test_an_outage_outside_the_flow_refuses_no_brief(made: Path, illness: str) -> None:
    for where in ("plans/", "campaigns/"):  # while it stores the plan, and while it writes the manifest
        announcer, order = RecordingAnnouncer(), small(made, 2)
        assert made_in_the_end(sick(made / "store", announcer, where, illness, ATTEMPTS + 1), order) == ATTEMPTS + 1
        assert announcer.announced == [order.key]
        assert (order.attempts, order.tally.reused, hits[str(made / "store")]) == (0, 2, 0)


@pytest.mark.parametrize("illness", ["outage", "EDQUOT", "refused"])
def test_an_outage_inside_the_flow_refuses_no_brief(tmp_path: Path, illness: str) -> None:
    announcer, order = RecordingAnnouncer(), small(tmp_path, 1)
    assert made_in_the_end(sick(tmp_path / "store", announcer, "masters/", illness, ATTEMPTS), order)
    assert announcer.announced == [order.key]
    assert (order.attempts, order.tally.made, hits[str(tmp_path / "store")]) == (0, 2, 0)


def test_a_store_that_fails_while_events_are_read_is_not_called_the_broker(made: Path) -> None:
    order = small(made, 3)
    teller = Announcer(writer=None)  # type: ignore[arg-type]  # the store fails before anything is sent
    events = f"campaigns/test/manifest/{order.plan.digest}/events/"
    [away] = sick(made / "store", teller, events, "outage", 1000).make([order]).away
    assert away.order is order
    assert "the bucket gave no usable answer" in away.reason


def raises(illness: str) -> None:
    raise ILLNESSES[illness]()  # noqa: RSE102 - it makes the error


@pytest.mark.parametrize("illness", [name for name in ILLNESSES if name != "refused"])
def test_an_outage_is_seen_through_the_engine_and_through_other_errors(illness: str) -> None:
    with pytest.raises(RuntimeError) as raised, beam.Pipeline() as p:
        p | beam.Create([illness]) | "Break" >> beam.Map(raises)
    assert outage_of(raised.value)
    for hidden, seen in ((raises_from, ValueError), (raises_beside, FileNotFoundError)):
        with pytest.raises(seen) as other:
            hidden(illness)
        assert outage_of(other.value) == str(ILLNESSES[illness]())


def raises_from(illness: str) -> None:
    try:
        raises(illness)
    except OSError as error:
        raise ValueError("the record cannot be read") from error


def raises_beside(illness: str) -> None:
    """As where a scratch file is to be removed from a disk that has gone."""
    try:
        raises(illness)
    finally:
        Path("no-such-folder", "file").unlink()


def test_what_only_speaks_of_an_outage_is_none() -> None:
    about_itself = RuntimeError("again")
    about_itself.__cause__ = about_itself
    instead = BadInput("x", "is wrong")
    instead.__context__, instead.__suppress_context__ = ILLNESSES["outage"](), True
    for error in (
        ValueError("StoreOutage: no space left on device"), BadInput("scene", "StoreOutage: a picture of a full disk"),
        PermissionError(errno.EACCES, "Permission denied"), FileNotFoundError(errno.ENOENT, "gone"),
        RuntimeError("CUDA out of memory"), about_itself, instead,
    ):  # fmt: skip
        assert outage_of(error) == "", error


class Stumbling(PaintingHandler):
    """Breaks in two of three runs."""

    runs = 0

    def run_inference(self, batch: Any, model: Any, inference_args: Any = None) -> list[Drawing]:
        """The paintings, every third time."""
        Stumbling.runs += 1
        if Stumbling.runs % ATTEMPTS:
            raise RuntimeError("out of memory, or the like")
        return super().run_inference(batch, model, inference_args)


def test_only_attempts_at_one_part_count_against_an_order(tmp_path: Path) -> None:
    book, announcer = OrderBook(Limits()), RecordingAnnouncer()
    order = an_order(admitted(tmp_path, scenes=SCENES[:2], placements=SMALL), 1, most=1)
    book.add(order)
    Stumbling.runs, parts = 0, len(order.parts)
    busy = a_maker(tmp_path / "store", announcer, generator=Stumbling())
    for _ in range(parts):
        assert busy.make(book.next_round()) == RoundResult()
        list(book.finish_round())
    assert (parts, Stumbling.runs, announcer.announced) == (2, ATTEMPTS * 2, [order.key])


def test_an_outage_begins_with_its_first_failure_and_another_begins_anew() -> None:
    tries = list[int]()

    def works_for_long() -> int:
        tries.append(1)
        time.sleep(0.3)
        if len(tries) < 4:
            raise OSError("away")
        return len(tries)

    assert impatient(0.2).insist("the store", works_for_long) == 4
