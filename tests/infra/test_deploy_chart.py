"""The Helm chart: what it renders, in several settings, and what its schema refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from console.cli import app
from foundry.errors import BadInput, Outage
from pipelines.bus.settings import BusSettings, bus_settings
from pipelines.dispatcher.telemetry import PACKAGES
from pipelines.engines.engine import EngineSettings
from tests.support.tools import INFRA, run

pytestmark = pytest.mark.helm

CHART = INFRA / "helm" / "campaign-foundry"
JOBS = [
    "catalogs.jobs[0].tenant=aurelle",
    "catalogs.jobs[0].catalog=autumn_shoes.2026",
    "catalogs.jobs[0].schedule=30 2 * * *",
    "catalogs.jobs[0].timezone=Europe/Berlin",
    "catalogs.jobs[1].tenant=aurelle",
    "catalogs.jobs[1].catalog=autumn-shoes-2026",
    "catalogs.jobs[1].schedule=0 4 * * mon-fri",
]
EVERYTHING = [
    "serviceMonitor.enabled=true",
    "alerts.enabled=true",
    "dashboard.enabled=true",
    "flink.enabled=true",
    "flink.accelerator.enabled=true",
    "dispatcher.engine=flink",
    "engineConfig.flink.job_endpoint=jobs:8099",
    "engineConfig.flink.worker_pool=localhost:50000",
    "engineConfig.flink.accelerator_pool=localhost:50001",
    "kafka.security=SASL_SSL",
    "kafka.user=foundry",
    "kafka.passwordSecret.name=kafka-login",
    "kafka.caSecret.name=kafka-ca",
    "tenants.claim=tenants",
    "files.claim=files",
    "autoscaling.kind=keda",
    "serviceAccount.googleServiceAccount=foundry@acme-creative.iam.gserviceaccount.com",
    "secretEnvironment[0].name=VENDOR_KEY",
    "secretEnvironment[0].secret=vendor",
    "secretEnvironment[0].key=token",
    "catalogs.enabled=true",
    *JOBS,
    "deliveries.enabled=true",
    "deliveries.folders.claim=handover",
    "deliveries.privateHosts[0]=dam.studio.internal",
    "deliveries.secretEnvironment[0].name=DELIVERY_AURELLE__DAM_TOKEN",
    "deliveries.secretEnvironment[0].secret=aurelle-dam",
    "deliveries.secretEnvironment[0].key=token",
]
KEYLESS = [
    "kafka.security=SASL_SSL",
    "kafka.mechanism=OAUTHBEARER",
    "serviceAccount.googleServiceAccount=foundry@acme-creative.iam.gserviceaccount.com",
    "tenants.bucket=acme-foundry-inputs",
    "files.bucket=acme-foundry-inputs",
    "autoscaling.kind=keda",
    "autoscaling.prometheus=http://prometheus.monitoring:9090",
    "serviceMonitor.enabled=true",
    "otlp.endpoint=http://collector.monitoring:4317",
    "otlp.headersSecret.name=traces",
]
SETTINGS = {"plain": [], "hpa": ["autoscaling.kind=hpa"], "everything": EVERYTHING, "keyless": KEYLESS}
ITEMS = [
    "tenants.configMap=tenants",
    "tenants.items[0].key=aurelle.yaml",
    "tenants.items[0].path=aurelle/tenant.yaml",
    "tenants.items[1].key=logo.png",
    "tenants.items[1].path=aurelle/logo.png",
]


def rendered(*settings: str) -> list[dict[str, Any]]:
    sets = [part for each in settings for part in ("--set", each)]
    done = run("helm", "template", "studio", str(CHART), "-n", "studio", "--kube-version", "1.31.0", *sets)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for each in found if each["kind"] == kind]


def pods_of(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The template of every pod, of deployments and of jobs."""
    for each in of_kind(found, "Deployment"):
        yield each["spec"]["template"]
    for each in of_kind(found, "CronJob"):
        yield each["spec"]["jobTemplate"]["spec"]["template"]


def containers(found: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every container with its pod."""
    for template in pods_of(found):
        for container in template["spec"]["containers"]:
            yield container, template["spec"]


@pytest.fixture(scope="module", params=sorted(SETTINGS))
def found(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return rendered(*SETTINGS[request.param])


@pytest.fixture(scope="module")
def everything() -> list[dict[str, Any]]:
    return rendered(*EVERYTHING)


def test_lint():
    done = run("helm", "lint", "--strict", str(CHART))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_object_is_named_once_and_lies_in_the_releases_namespace(found: list[dict[str, Any]]):
    names = [(each["kind"], each["metadata"]["name"]) for each in found]
    assert len(names) == len(set(names))
    assert {each["metadata"]["namespace"] for each in found} == {"studio"}
    assert all(each["apiVersion"] and len(each["metadata"]["name"]) <= 63 for each in found)


def test_selectors_find_the_pods_of_one_component_and_only_them(found: list[dict[str, Any]]):
    pods = [template["metadata"]["labels"] for template in pods_of(found)]
    selectors = [each["spec"]["selector"]["matchLabels"] for each in of_kind(found, "PodDisruptionBudget")]
    selectors += [each["spec"]["selector"] for each in of_kind(found, "Service")]
    selectors += [each["spec"]["podSelector"]["matchLabels"] for each in of_kind(found, "NetworkPolicy")]
    assert len(selectors) in (3, 10)
    for selector in selectors:
        chosen = {labels["app.kubernetes.io/component"] for labels in pods if selector.items() <= labels.items()}
        assert chosen == {selector["app.kubernetes.io/component"]}
    guarded = {
        each["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for each in of_kind(found, "NetworkPolicy")
    }
    flink = {"taskmanager"}
    assert {labels["app.kubernetes.io/component"] for labels in pods} - flink == guarded


def test_no_container_is_privileged_or_root_or_unbounded(found: list[dict[str, Any]]):
    for container, pod in containers(found):
        security = container["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["readOnlyRootFilesystem"] or container["name"] == "taskmanager"
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]
        assert pod["automountServiceAccountToken"] is False


def test_images_are_pinned(found: list[dict[str, Any]]):
    for container, _ in containers(found):
        assert container["image"].rpartition(":")[2] not in ("", "latest"), container["image"]


def test_mounts_have_volumes_and_ports_have_names(found: list[dict[str, Any]]):
    for container, pod in containers(found):
        volumes = {each["name"] for each in pod["volumes"]}
        assert {each["name"] for each in container.get("volumeMounts", [])} <= volumes
        ports = {each["name"] for each in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            for way in container.get(probe, {}).keys() & {"httpGet", "tcpSocket"}:
                assert container[probe][way]["port"] in ports


def test_passwords_are_references_only(everything: list[dict[str, Any]]):
    assert not of_kind(everything, "Secret")
    secret = {
        each["name"]: each["valueFrom"]["secretKeyRef"]
        for container, _ in containers(everything)
        for each in container.get("env", [])
        if "valueFrom" in each
    }
    assert secret == {
        "KAFKA_PASSWORD": {"name": "kafka-login", "key": "password"},
        "VENDOR_KEY": {"name": "vendor", "key": "token"},
        "DELIVERY_AURELLE__DAM_TOKEN": {"name": "aurelle-dam", "key": "token"},
    }


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_files_in_the_config_map_are_what_the_code_reads(name: str):
    data = next(
        each["data"] for each in of_kind(rendered(*SETTINGS[name]), "ConfigMap") if "kafka.yaml" in each["data"]
    )
    kafka = BusSettings.model_validate(yaml.safe_load(data["kafka.yaml"]))
    engines = EngineSettings.model_validate(yaml.safe_load(data["engines.yaml"]) or {})
    if name == "everything":
        assert (kafka.user, kafka.password_variable) == ("foundry", "KAFKA_PASSWORD")
        assert engines.flink is not None
        assert engines.flink.accelerator_pool == "localhost:50001"
    elif name == "keyless":
        assert (kafka.security, kafka.mechanism, kafka.user) == ("SASL_SSL", "OAUTHBEARER", "")
    else:
        assert (kafka.security, engines) == ("PLAINTEXT", EngineSettings())


def test_the_accelerator_is_with_the_taskmanager_and_nothing_else_asks_for_one(everything: list[dict[str, Any]]):
    asking = {
        container["name"]: container["resources"]["limits"].get("nvidia.com/gpu")
        for container, _ in containers(everything)
    }
    assert {name: number for name, number in asking.items() if number} == {"accelerator": 1}
    pools = {c["name"]: c["ports"][0]["containerPort"] for c, _ in containers(everything) if "ports" in c}
    assert (pools["workers"], pools["accelerator"]) == (50000, 50001)


def test_workload_identity_is_an_annotation(everything: list[dict[str, Any]]):
    (account,) = of_kind(everything, "ServiceAccount")
    wanted = {"iam.gke.io/gcp-service-account": "foundry@acme-creative.iam.gserviceaccount.com"}
    assert account["metadata"]["annotations"] == wanted


def environment(container: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def test_every_process_that_draws_has_the_vendors_credentials(everything: list[dict[str, Any]]):
    drawing = {
        container["name"]: environment(container) for container, _ in containers(everything) if "env" in container
    }
    delivering = drawing.pop("deliveries")
    assert drawing.keys() == {"dispatcher", "workers", "accelerator", "catalogs", "catalog"}
    assert "VENDOR_KEY" not in delivering
    assert "KAFKA_PASSWORD" in delivering
    of_targets = {"secretKeyRef": {"name": "aurelle-dam", "key": "token"}}
    assert delivering["DELIVERY_AURELLE__DAM_TOKEN"] == of_targets
    for name, variables in drawing.items():
        assert variables["VENDOR_KEY"] == {"secretKeyRef": {"name": "vendor", "key": "token"}}, name
        assert "DELIVERY_AURELLE__DAM_TOKEN" not in variables, name


def test_spans_and_metrics_go_where_the_standard_variables_say():
    found = rendered(*KEYLESS)
    (dispatcher,) = (container for container, _ in containers(found))
    variables = environment(dispatcher)
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector.monitoring:4317"
    assert variables["OTEL_EXPORTER_OTLP_PROTOCOL"] in PACKAGES
    assert variables["OTEL_EXPORTER_OTLP_HEADERS"] == {"secretKeyRef": {"name": "traces", "key": "headers"}}
    (policy,) = of_kind(found, "NetworkPolicy")
    assert 4317 in {each["port"] for rule in policy["spec"]["egress"] for each in rule["ports"]}
    assert not any("OTEL" in name for container, _ in containers(rendered()) for name in environment(container))


def test_a_keyless_identity_needs_no_secret():
    found = rendered(*KEYLESS)
    data = next(each["data"] for each in of_kind(found, "ConfigMap") if "kafka.yaml" in each["data"])
    kafka = yaml.safe_load(data["kafka.yaml"])
    assert (kafka["security"], kafka["mechanism"]) == ("SASL_SSL", "OAUTHBEARER")
    assert not kafka.keys() & {"user", "password_variable"}
    (dispatcher,) = (container for container, _ in containers(found))
    assert "KAFKA_PASSWORD" not in environment(dispatcher)
    assert not of_kind(found, "TriggerAuthentication")


def test_scaling_counts_every_topic_of_the_group(everything: list[dict[str, Any]]):
    (scaled,) = of_kind(everything, "ScaledObject")
    (trigger,) = scaled["spec"]["triggers"]
    assert trigger["type"] == "kafka"
    assert "topic" not in trigger["metadata"]  # KEDA then adds up all topics of the group
    assert trigger["metadata"]["consumerGroup"] == "campaign-foundry"
    assert trigger["metadata"]["offsetResetPolicy"] == "earliest"  # as the dispatcher does
    (keyless,) = of_kind(rendered(*KEYLESS), "ScaledObject")
    (trigger,) = keyless["spec"]["triggers"]
    assert trigger["type"] == "prometheus"
    service = "studio-campaign-foundry-dispatcher"
    assert trigger["metadata"]["query"] == f'sum(foundry_lag_records{{namespace="studio",service="{service}"}})'
    assert service in {each["metadata"]["name"] for each in of_kind(rendered(*KEYLESS), "Service")}


def test_a_drain_of_nodes_is_never_blocked(found: list[dict[str, Any]]):
    for budget in of_kind(found, "PodDisruptionBudget"):
        assert budget["spec"]["maxUnavailable"] == 1
        assert "minAvailable" not in budget["spec"]


def test_catalogs_are_refreshed_by_the_scheduler_or_by_jobs_as_their_commands_take_it():
    found = rendered("catalogs.enabled=true", "files.claim=files", *JOBS)
    names = [each["metadata"]["name"] for each in of_kind(found, "CronJob")]
    assert len(set(names)) == 2
    assert all(len(name) <= 52 and re.fullmatch(r"[a-z0-9-]+", name) for name in names)
    commands = [container["args"] for container, _ in containers(found) if container["name"] in ("catalogs", "catalog")]
    assert "--assets=/etc/foundry/files/aurelle" in commands[1]  # as the scheduler: no tenant reads another's files
    assert [words[:2] for words in commands] == [["serve", "--catalog"], ["catalog", "refresh"], ["catalog", "refresh"]]
    for words in commands:
        there = [word for word in words if not word.startswith(("--kafka-config", "--tenants", "--files", "--assets"))]
        command = typer.main.get_command(app)
        while hasattr(command, "commands"):
            command = command.commands[there.pop(0)]
        missing = [] if "refresh" in words else ["--tenants", str(INFRA), "--files", str(INFRA)]
        with command.make_context("foundry", [*there, *missing]):
            pass


def test_the_process_that_delivers_is_started_as_its_command_takes_it_and_may_reach_targets(
    everything: list[dict[str, Any]],
):
    ((words, mounts),) = (
        (container["args"], {each["name"]: each for each in container["volumeMounts"]})
        for container, _ in containers(everything)
        if container["name"] == "deliveries"
    )
    assert words[:2] == ["serve", "--delivery"]
    assert "--private-host=dam.studio.internal" in words
    assert mounts["folders"] == {"name": "folders", "mountPath": "/srv/folders"}
    hidden = ("--kafka-config", "--tenants=", "--files", "--folders")
    there = [word for word in words if not word.startswith(hidden)]
    command = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[there.pop(0)]
    with command.make_context("foundry", [*there, *("--tenants", str(INFRA), "--files", str(INFRA))]):
        pass
    (policy,) = (
        each for each in of_kind(everything, "NetworkPolicy") if each["metadata"]["name"].endswith("-deliveries")
    )
    assert {443, 22} <= {each["port"] for rule in policy["spec"]["egress"] for each in rule["ports"]}
    assert not [each for each in pods_of(rendered()) if "deliveries" in str(each["metadata"]["labels"])]


def test_a_job_is_one_at_a_time_in_its_zone_and_tried_again_only_after_outages():
    first, second = (each["spec"] for each in of_kind(rendered(*JOBS), "CronJob"))
    assert (first["schedule"], first["timeZone"], first["concurrencyPolicy"]) == (
        "30 2 * * *",
        "Europe/Berlin",
        "Forbid",
    )
    assert second["timeZone"] == "Etc/UTC"
    job = first["jobTemplate"]["spec"]
    assert job["template"]["spec"]["restartPolicy"] == "Never"  # which podFailurePolicy asks for
    failing = [
        rule["onExitCodes"]["values"] for rule in job["podFailurePolicy"]["rules"] if rule["action"] == "FailJob"
    ]
    assert failing == [[2, 3, 5]]
    assert BadInput.exit_code in failing[0]
    assert Outage.exit_code not in failing[0]


def test_without_catalogs_nothing_of_them_is_there():
    assert "catalog" not in {
        template["metadata"]["labels"]["app.kubernetes.io/component"] for template in pods_of(rendered())
    }
    assert not of_kind(rendered(), "CronJob")


def test_a_bucket_can_be_the_folder_of_tenants_and_files():
    (_, pod), *_ = containers(rendered(*KEYLESS))
    volumes = {each["name"]: each for each in pod["volumes"]}
    for name in ("tenants", "files"):
        volume = volumes[name]["csi"]
        assert (volume["driver"], volume["readOnly"]) == ("gcsfuse.csi.storage.gke.io", True)
        assert volume["volumeAttributes"]["bucketName"] == "acme-foundry-inputs"
        assert f"only-dir={name}," in volume["volumeAttributes"]["mountOptions"]
    (dispatcher,) = of_kind(rendered(*KEYLESS), "Deployment")
    assert dispatcher["spec"]["template"]["metadata"]["annotations"]["gke-gcsfuse/volumes"] == "true"


def test_a_config_map_gives_tenants_files_that_are_no_links():
    (container, _), *_ = containers(rendered(*ITEMS))
    mounts = {each["mountPath"]: each for each in container["volumeMounts"] if each["name"] == "tenants"}
    assert mounts.keys() == {"/etc/foundry/tenants/aurelle/tenant.yaml", "/etc/foundry/tenants/aurelle/logo.png"}
    assert {each["subPath"] for each in mounts.values()} == {"aurelle.yaml", "logo.png"}


def test_settings_are_read_through_the_links_of_a_mounted_config_map(tmp_path: Path):
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..2026" / "kafka.yaml").write_text("bootstrap: broker:9092\n")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "kafka.yaml").symlink_to("..data/kafka.yaml")
    assert bus_settings(None, tmp_path / "kafka.yaml").bootstrap == "broker:9092"


def test_autoscaling_owns_the_number_of_replicas():
    for kind, scaler in (("hpa", "HorizontalPodAutoscaler"), ("keda", "ScaledObject")):
        found = rendered(f"autoscaling.kind={kind}")
        (scaled,) = of_kind(found, scaler)
        (dispatcher,) = of_kind(found, "Deployment")
        assert scaled["spec"]["scaleTargetRef"]["name"] == dispatcher["metadata"]["name"]
        assert "replicas" not in dispatcher["spec"]


def test_the_policy_lets_out_names_kafka_and_https_only():
    (policy,) = of_kind(rendered(), "NetworkPolicy")
    ports = {each["port"] for rule in policy["spec"]["egress"] for each in rule["ports"]}
    assert ports == {53, 80, 443, 987, 988, 9092, 9093}
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]


@pytest.mark.parametrize(
    "setting",
    [
        "image.tag=latest",
        "store=/data",
        "kafka.bootstrap=kafka",
        "kafka.security=SASL_SSL",
        "dispatcher.engine=spark",
        "dispatcher.drainSeconds=1",
        "catalogs.jobs[0].tenant=aurelle,catalogs.jobs[0].catalog=shoes",  # when?
        "catalogs.jobs[0].tenant=a/b,catalogs.jobs[0].catalog=shoes,catalogs.jobs[0].schedule=30 2 * * *",
        "catalogs.jobs[0].tenant=a,catalogs.jobs[0].catalog=shoes,catalogs.jobs[0].schedule=@daily",
        "catalogs.replicas=0",
        "deliveries.ports[0]=0",
        "deliveries.secretEnvironment[0].name=PATH,deliveries.secretEnvironment[0].secret=x,deliveries.secretEnvironment[0].key=y",
        "autoscaling.kind=cron",
        "no.such.value=1",
        "disruption.maxUnavailable=0",
        "disruption.minAvailable=1",
        "tenants.claim=tenants,tenants.configMap=tenants",
        "files.claim=files,files.bucket=acme-files",
        "files.bucket=acme-files",  # nobody may read it without a Google service account
        "files.bucket=gs://acme-files",
        "otlp.endpoint=collector",
        "otlp.protocol=thrift",
        "kafka.security=SASL_SSL,kafka.mechanism=OAUTHBEARER",  # whose token?
        "kafka.security=SASL_PLAINTEXT,kafka.mechanism=OAUTHBEARER,serviceAccount.googleServiceAccount=a@b.iam.gserviceaccount.com",
        "kafka.security=SASL_SSL,kafka.mechanism=OAUTHBEARER,serviceAccount.googleServiceAccount=a@b.iam.gserviceaccount.com,"
        "autoscaling.kind=keda",  # KEDA has no such token, and no Prometheus is named
    ],
)
def test_the_schema_refuses(setting: str):
    done = run("helm", "template", "studio", str(CHART), "--kube-version", "1.31.0", "--set", setting)
    assert done.returncode != 0
    assert "schema" in done.stderr


def test_every_value_is_in_the_schema():
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())

    def known(value: Any, part: dict[str, Any], path: str) -> None:
        if isinstance(value, dict) and "properties" in part:
            assert value.keys() <= part["properties"].keys(), path
            for key, inner in value.items():
                known(inner, part["properties"][key], f"{path}.{key}")

    known(values, schema, "values")
