"""Another engine than the embedded one makes the rounds; one that is away is waited for and blames no brief."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from foundry.errors import BadInput
from pipelines.bus.topics import CAMPAIGN_FINISHED
from pipelines.dispatcher.outage_budget import GivenUp
from pipelines.dispatcher.serving import open_dispatcher
from pipelines.engines.engine import Engine
from pipelines.engines.job_server import JobServerRunner
from tests.pipelines.dispatcher.factory import SMALL, Factory, undisturbed
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order
from tests.pipelines.dispatcher.test_serving import named
from tests.support.briefs import admitted
from tests.support.waiting import until


@pytest.mark.kafka
@pytest.mark.prism
def test_prism_makes_what_the_embedded_engine_makes(factory: Factory, tmp_path_factory: pytest.TempPathFactory) -> None:
    brief = factory.brief(named("elsewhere"))
    with factory.running(engine="prism"):
        factory.submit(brief)
        until(lambda: factory.told(CAMPAIGN_FINISHED, brief.campaign.id))
        until(factory.all_committed)
    assert factory.objects() == undisturbed(factory, [brief], tmp_path_factory.mktemp("reference"))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_job_server_that_stays_away_is_given_up_and_blames_no_brief(tmp_path: Path) -> None:
    endpoint = f"127.0.0.1:{free_port()}"
    told = [f"--job_endpoint={endpoint}", "--environment_type=LOOPBACK", "--job_server_timeout=1"]
    order = an_order(admitted(tmp_path, placements=SMALL), 1)
    away = a_maker(
        tmp_path / "store",
        RecordingAnnouncer(),
        seconds=3.0,
        make_engine=lambda: Engine(JobServerRunner(0.5), PipelineOptions(told)),
    )
    with pytest.raises(GivenUp, match=f"the engine did not work .*the job server {endpoint} does not answer"):
        away.make([order])
    assert order.attempts == 0


def test_an_engine_that_there_is_not_is_refused_before_a_brief_is_read(factory: Factory) -> None:
    with (
        pytest.raises(BadInput, match="choose one of embedded, prism, flink, dataflow"),
        open_dispatcher(factory.bus, factory.serving(engine="spark")),
    ):
        pytest.fail("it began")
