"""The engines: what each is given, what it refuses, and that the same campaign comes out of all of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
import yaml
from apache_beam.options.pipeline_options import GoogleCloudOptions, PortableOptions, WorkerOptions
from apache_beam.portability.api import beam_runner_api_pb2

from foundry.errors import BadInput
from foundry.store.object_store import LocalStore
from infra.stack import JobServer, Workers
from pipelines.campaign.flow import build_all, flow, start
from pipelines.campaign.shared_run import RunOptions
from pipelines.catalog.refresh import refresh
from pipelines.engines import dataflow
from pipelines.engines.dataflow import DataflowSettings
from pipelines.engines.engine import (
    Engine,
    EngineSettings,
    FlinkSettings,
    PrismSettings,
    choose_engine,
    embedded_runner,
    engine_settings,
    find_prism,
)
from pipelines.engines.pinning import pin_accelerator
from tests.pipelines.engines.campaigns import on_flink
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler
from tests.support.shops import Shop, a_row
from tests.support.stored import objects

TIMED = re.compile(r"/catalogs/[^/]+/(runs|feed/deltas|lease|state\.json)|/report|/quota/|/plans/")

JOB: dict[str, Any] = {
    "project": "acme-creative",
    "region": "europe-west4",
    "temp_location": "gs://acme-scratch/temp",
    "staging_location": "gs://acme-scratch/staging",
    "sdk_container_image": "europe-west4-docker.pkg.dev/acme-creative/foundry/foundry-cuda:0.1.0",
    "service_account": "foundry-worker@acme-creative.iam.gserviceaccount.com",
    "subnetwork": "regions/europe-west4/subnetworks/foundry",
    "kms_key": "projects/acme-creative/locations/europe-west4/keyRings/foundry/cryptoKeys/jobs",
    "labels": {"team": "studio"},
}


def job(**changed: Any) -> DataflowSettings:
    return DataflowSettings.model_validate({**JOB, **changed})


def made_on(where: Engine | None, folder: Path, root: Path) -> dict[str, bytes]:
    """Every object of the small campaign, built on an engine."""
    each = admitted(folder)
    orders = [(each.plan, each.inputs)]
    outcomes = build_all(orders, LocalStore(root), generator=PaintingHandler(), engine=where)
    assert (outcomes[each.plan.digest].rows, outcomes[each.plan.digest].letters) == (6, ())
    return objects(root)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("reference")
    return made_on(choose_engine("embedded"), folder, folder / "store")


@pytest.mark.parametrize(
    ("name", "settings", "says"),
    [
        ("spark", {}, "choose one of embedded, prism, flink, dataflow"),
        ("flink", {}, "needs a configuration with flink.job_endpoint"),
        ("flink", {"flink": {"job_endpoint": "h:1", "accelerator_pool": "h:2"}}, "no worker_pool"),
        ("dataflow", {}, "needs a configuration with project, region"),
        ("prism", {"prism": {"location": "/nonexistent/prism"}}, "is no program"),
    ],
)
def test_a_missing_part_is_named(name: str, settings: dict[str, Any], says: str):
    with pytest.raises(BadInput) as refused:
        choose_engine(name, EngineSettings.model_validate(settings))
    assert says in str(refused.value)


def test_prism_is_never_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOUNDRY_STACK_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput) as refused:
        find_prism(PrismSettings())
    assert "foundry stack fetch prism" in str(refused.value)


@pytest.mark.parametrize("text", ["flink: {job_endpoint: here}", "spark: {}", "flink: [", "dataflow: {project: acme}"])
def test_a_configuration_that_cannot_be_used_is_refused_by_name(text: str, tmp_path: Path):
    file = tmp_path / "engines.yaml"
    file.write_text(text)
    with pytest.raises(BadInput) as refused:
        engine_settings(file)
    assert str(refused.value).startswith(f"{file}: is no engine configuration")


def test_flink_workers_are_a_pool_or_this_process():
    flink = FlinkSettings(job_endpoint="jobs:8099", worker_pool="localhost:50000", parallelism=4)
    pooled = choose_engine("flink", EngineSettings(flink=flink))
    view = pooled.options.view_as(PortableOptions)
    assert (view.environment_type, view.environment_config) == ("EXTERNAL", "localhost:50000")
    here = choose_engine("flink", EngineSettings(flink=FlinkSettings(job_endpoint="jobs:8099")))
    assert here.options.view_as(PortableOptions).environment_type == "LOOPBACK"


def environments(folder: Path, where: Engine) -> beam_runner_api_pb2.Pipeline:
    """The small campaign's flow as a runner gets it."""
    plan = admitted(folder).plan
    pipeline = beam.Pipeline(options=where.options)
    built = flow({plan.digest: plan}, LocalStore(folder / "store"), where, PaintingHandler())
    pipeline | beam.Create([plan.digest]) | "Build" >> built
    from apache_beam.transforms.environments import Environment

    default = Environment.from_options(where.options.view_as(PortableOptions))
    return pipeline.to_runner_api(default_environment=default)


def test_the_accelerator_stage_alone_goes_to_the_accelerators_pool(tmp_path: Path):
    flink = FlinkSettings(job_endpoint="j:1", worker_pool="localhost:50000", accelerator_pool="localhost:50001")
    sent = environments(tmp_path, choose_engine("flink", EngineSettings(flink=flink)))
    assert pin_accelerator(sent, "localhost:50001") == 1
    urls = {
        name: beam_runner_api_pb2.ExternalPayload.FromString(each.payload).endpoint.url
        for name, each in sent.components.environments.items()
        if each.urn == "beam:env:external:v1"
    }
    assert sorted(set(urls.values())) == ["localhost:50000", "localhost:50001"]
    steps = [step for step in sent.components.transforms.values() if not step.subtransforms]
    pinned = {step.unique_name for step in steps if urls.get(step.environment_id) == "localhost:50001"}
    drawing, writing = "Build/Masters/Draw/BeamML_RunInference", "Build/Masters/Master/FlatMap(write_or_refuse)"
    assert {drawing, writing} < pinned
    assert all(name.startswith("Build/Masters/") for name in pinned)


def test_a_dataflow_job_has_what_its_settings_say():
    arguments = dataflow.dataflow_arguments(job())
    options = dataflow.parse_dataflow_options(arguments)
    cloud, workers = options.view_as(GoogleCloudOptions), options.view_as(WorkerOptions)
    assert (cloud.project, cloud.region, cloud.dataflow_kms_key) == (JOB["project"], JOB["region"], JOB["kms_key"])
    assert cloud.labels == ["app=campaign-foundry", "team=studio"]
    assert cloud.service_account_email == JOB["service_account"]
    assert (workers.sdk_container_image, workers.subnetwork) == (JOB["sdk_container_image"], JOB["subnetwork"])
    assert workers.use_public_ips is False
    assert not cloud.dataflow_service_options  # worker_accelerator excludes right fitting
    assert cloud.flexrs_goal is None


def test_dataflow_workers_with_the_accelerator_are_asked_for_by_the_stage(tmp_path: Path):
    where = Engine(embedded_runner()[0], embedded_runner()[1], hints=dataflow.accelerator_hints(job()))
    sent = environments(tmp_path, where)
    hinted = [each for each in sent.components.environments.values() if each.resource_hints]
    assert [each.resource_hints["beam:resources:accelerator:v1"].decode() for each in hinted] == [dataflow.L4]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"project": "123456"}, "project"),
        ({"temp_location": "/tmp/here"}, "temp_location"),
        ({"sdk_container_image": "foundry:latest"}, "moves"),
        ({"sdk_container_image": "foundry"}, "sdk_container_image"),
        ({"service_account": "me@example.com"}, "service_account"),
        ({"kms_key": "jobs"}, "kms_key"),
        ({"labels": {"Team": "Studio"}}, "label Team=Studio"),
        ({"worker_accelerator": "l4"}, "worker_accelerator"),
    ],
)
def test_a_dataflow_setting_that_cannot_work_is_refused_before_anything_is_uploaded(changed: dict[str, Any], says: str):
    with pytest.raises(ValueError) as refused:
        job(**changed)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "argument", ["--project=Acme", "--max_num_workers=0", "--job_name=My Job", "--no_such_option=1"]
)
def test_what_beams_own_validator_refuses_is_told(argument: str):
    with pytest.raises(BadInput) as refused:
        dataflow.parse_dataflow_options([*dataflow.dataflow_arguments(job()), argument])
    assert refused.value.where == "dataflow"


def test_beams_dataflow_runner_takes_the_flow_up_to_the_request_that_it_would_send(tmp_path: Path):
    each = admitted(tmp_path)
    rehearsal = ["--dry_run=True", "--no_auth"]
    options = dataflow.parse_dataflow_options([*dataflow.dataflow_arguments(job(job_name="spring")), *rehearsal])
    where = Engine(dataflow.dataflow_runner(), options, hints=dataflow.accelerator_hints(job()), accelerated=True)
    orders = [(each.plan, each.inputs)]
    result = start(orders, LocalStore(tmp_path / "store"), generator=PaintingHandler(), engine=where)
    assert result.state == "DONE"
    sent = where.runner.proto_pipeline.components
    assert {each.urn for each in sent.environments.values()} == {"beam:env:docker:v1"}
    docker = [beam_runner_api_pb2.DockerPayload.FromString(each.payload) for each in sent.environments.values()]
    assert {each.container_image for each in docker} == {JOB["sdk_container_image"]}
    assert sum("beam:resources:accelerator:v1" in each.resource_hints for each in sent.environments.values()) == 1


@pytest.mark.parametrize("name", [pytest.param("prism", marks=pytest.mark.prism)])
def test_prism_makes_what_the_embedded_engine_makes(name: str, reference: dict[str, bytes], tmp_path: Path):
    assert made_on(choose_engine(name), tmp_path, tmp_path / "store") == reference


@pytest.mark.parametrize(
    ("parallelism", "accelerator"),
    [pytest.param(n, gpu, marks=[pytest.mark.flink, pytest.mark.slow]) for n, gpu in ((1, False), (2, True))],
)
def test_flink_makes_what_the_embedded_engine_makes(
    parallelism: int, accelerator: bool, jobs: JobServer, reference: dict[str, bytes], tmp_path: Path
):
    made = made_on(on_flink(jobs, parallelism, accelerator), tmp_path, tmp_path / "store")
    assert made == reference


def refreshed(root: Path, options: RunOptions) -> dict[str, bytes]:
    """What two nights of a small shop leave, but for the records of its runs and what bears the number of a lease.

    The parts of the state are named by their content, so they are compared by their names.
    """
    shop = Shop.open(root)
    shop.settings["options"] = options
    same = [a_row(2), a_row(3)]
    for rows in ([a_row(1), *same, a_row(4)], [a_row(1, price="9.00 USD"), *same, a_row(5)]):
        shop.write(rows)
        assert refresh(shop.catalog, shop.setting).state == "finished"
        shop.next_night()
    return {name: data for name, data in objects(root / shop.store_name).items() if not TIMED.search(name)}


@pytest.mark.flink
def test_a_catalog_is_the_same_on_flink_and_on_the_embedded_engine(jobs: JobServer, tmp_path: Path):
    flink = {"job_endpoint": jobs.endpoint, "worker_pool": Workers(jobs.home).endpoint}
    (tmp_path / "engine.yaml").write_text(yaml.safe_dump({"flink": flink}))
    painter = PaintingHandler()
    on_cluster = RunOptions(generator=painter, engine="flink", engine_config=tmp_path / "engine.yaml")
    wanted = refreshed(tmp_path / "embedded", RunOptions(generator=painter))
    made = refreshed(tmp_path / "flink", on_cluster)
    assert {name.split("/")[1] for name in made} >= {"catalogs", "masters", "renditions"}
    assert made == wanted


def test_settings_are_made_no_more_patient_than_their_caller():
    flink = FlinkSettings(job_endpoint="j:1", worker_pool="localhost:50000", patience_s=2)
    settings = EngineSettings(flink=flink).at_most_patient(5.5)
    assert (settings.prism.patience_s, settings.flink and settings.flink.patience_s) == (5, 2)
    assert EngineSettings().at_most_patient(0.2).prism.patience_s == 1
