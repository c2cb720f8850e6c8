"""The options of a Dataflow job, checked before anything is uploaded. No job is started here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, field_validator

from foundry.errors import BadInput

if TYPE_CHECKING:
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner

GS = r"^gs://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]/.*$"
IMAGE = r"^[a-z0-9][a-z0-9./:_-]*(:[A-Za-z0-9][\w.-]{0,127}|@sha256:[0-9a-f]{64})$"
L4 = "type:nvidia-l4;count:1;machine_type:g2-standard-8;install-nvidia-driver"


class DataflowSettings(BaseModel):
    """Settings of a job. Every bucket is named, because Beam would otherwise create buckets itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str = Field(pattern=r"^[a-z][-a-z0-9]{4,28}[a-z0-9]$", description="Project id, not its number.")
    region: str = Field(pattern=r"^[a-z]+-[a-z]+\d$")
    temp_location: str = Field(pattern=GS, description="gs:// folder for files that live as long as the job.")
    staging_location: str = Field(
        pattern=GS, description="gs:// folder for files that the workers fetch at their start."
    )
    sdk_container_image: str = Field(
        pattern=IMAGE,
        description="The project's CUDA image with a tag or digest, with the Python and Beam of this process.",
    )
    service_account: str = Field(pattern=r"^[a-z][-a-z0-9]{4,28}[a-z0-9]@[-a-z0-9.]+\.iam\.gserviceaccount\.com$")
    subnetwork: str = Field(
        pattern=r"^(https://www\.googleapis\.com/compute/v1/projects/[^/]+/|projects/[^/]+/)?regions/[^/]+/subnetworks/[^/]+$"
    )
    kms_key: str | None = Field(
        default=None, pattern=r"^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$"
    )
    labels: dict[str, str] = {}
    max_workers: int = Field(default=8, ge=1, le=1000)
    machine_type: str = Field(default="n2-standard-4", description="Of the workers without an accelerator.")
    accelerator: str = Field(
        default=L4, pattern=r"^type:[^;]+;count:\d+(;[a-z-]+(:[^;]+)?)*$|^type:[^;]+;count:\d+;.*$"
    )
    job_name: str | None = Field(default=None, pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$")

    @field_validator("sdk_container_image")
    @classmethod
    def _check_pin(cls, image: str) -> str:
        if image.endswith(":latest"):
            raise ValueError(f"{image} moves; name a fixed tag or a digest")
        return image

    @field_validator("labels")
    @classmethod
    def _check_labels(cls, labels: dict[str, str]) -> dict[str, str]:
        import re

        for key, value in labels.items():
            if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key) or not re.fullmatch(r"[a-z0-9_-]{0,63}", value):
                raise ValueError(f"label {key}={value} is not valid; Google Cloud takes a-z, 0-9, _ and -, at most 63")
        return labels


def dataflow_arguments(settings: DataflowSettings) -> list[str]:
    """Return Beam's options for a job with these settings.

    Accelerators are requested by a resource hint on the stage that needs them (right fitting), which excludes the
    option `worker_accelerator` and FlexRS. Each worker has one Python process with threads, because every process would
    load the models into the same accelerator again.
    """
    options = {
        "project": settings.project,
        "region": settings.region,
        "temp_location": settings.temp_location,
        "staging_location": settings.staging_location,
        "sdk_container_image": settings.sdk_container_image,
        "sdk_location": "container",
        "service_account_email": settings.service_account,
        "subnetwork": settings.subnetwork,
        "max_num_workers": settings.max_workers,
        "worker_machine_type": settings.machine_type,
        "dataflow_kms_key": settings.kms_key,
        "job_name": settings.job_name,
        "experiments": "no_use_multiple_sdk_containers",
    }
    labels = [
        f"--labels={key}={value}" for key, value in sorted({"app": "campaign-foundry", **settings.labels}.items())
    ]
    named = [f"--{name}={value}" for name, value in options.items() if value is not None]
    return ["--runner=DataflowRunner", *named, *labels, "--no_use_public_ips"]


def accelerator_hints(settings: DataflowSettings) -> dict[str, str]:
    """Return the resource hints of the accelerator stage."""
    return {"min_ram": "16GB", "accelerator": settings.accelerator}


def parse_dataflow_options(arguments: list[str]) -> PipelineOptions:
    """Parse Beam's options; BadInput with all that Beam's parser or validator refuses."""
    from apache_beam.options.pipeline_options import PipelineOptions, TestOptions
    from apache_beam.options.pipeline_options_validator import PipelineOptionsValidator
    from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner

    options = PipelineOptions(arguments)
    unknown = set(options.get_all_options(retain_unknown_options=True)) - set(options.get_all_options())
    errors = [f"--{name} is no option of Beam" for name in sorted(unknown)]
    rehearsal = PipelineOptions(arguments)
    rehearsal.view_as(TestOptions).dry_run = True  # otherwise the validator asks for the buckets
    errors += PipelineOptionsValidator(rehearsal, DataflowRunner()).validate()
    if errors:
        raise BadInput("dataflow", " ".join(errors))
    return options


def dataflow_runner() -> DataflowRunner:
    """Return Beam's Dataflow runner; BadInput if Google's client is not installed."""
    from importlib.util import find_spec

    from pipelines.engines.dataflow_runner import CountedDataflowRunner

    if find_spec("google.cloud.dataflow") is None:
        raise BadInput("engine", "dataflow needs Google's client; install campaign-foundry[dataflow]")
    return CountedDataflowRunner()
