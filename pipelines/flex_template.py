"""The program of the Flex Template on Dataflow's launcher: read a brief from a bucket, admit it, start the job.

The launcher adds Beam's own options to the template's parameters. It ends when the job is handed over; when the job
has ended, `foundry run` of the same brief finds everything made and writes the campaign's report.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foundry.errors import BadInput, shorten

if TYPE_CHECKING:
    from foundry.store.object_store import ObjectStore
    from pipelines.planning.admission import Admitted

JOB_LEASE_S = 30 * 86_400.0
MOST_CHARACTERS = 1_000
"""Characters of one parameter."""
MOST_BYTES = 2 * 10**9
"""The most that a brief's folder may hold: a launcher has a small disk."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of the template, as Google Cloud's console shows it."""

    name: str
    label: str
    says: str
    pattern: str = "^gs://[a-z0-9][a-z0-9._-]+[a-z0-9]/.+$"
    optional: bool = False


PARAMETERS = (
    Parameter("brief", "Brief", "gs:// address of a brief. Its folder is read whole: pictures, and tenants/ below it."),
    Parameter("store", "Store", "gs://bucket or gs://bucket/prefix that receives the campaign.", "^gs://.+$"),
    Parameter("accelerator", "Accelerator", "Resource hint of the stage that draws.", "^type:[^;]+;.+$", True),
)


def metadata() -> dict[str, Any]:
    """Return the content of the template's metadata.json."""
    told = [
        {
            "name": each.name,
            "label": each.label,
            "helpText": each.says,
            "isOptional": each.optional,
            "regexes": [each.pattern],
        }
        for each in PARAMETERS
    ]
    says = "Builds what is missing of one campaign."
    return {"name": "Campaign Foundry", "description": says, "parameters": told}


def image_spec(image: str, worker_image: str) -> dict[str, Any]:
    """Return the template's own file: the launcher's image, and the workers' image as the default of every job."""
    environment = {"sdkContainerImage": worker_image, "ipConfiguration": "WORKER_IP_PRIVATE"}
    return {
        "image": image,
        "sdkInfo": {"language": "PYTHON"},
        "metadata": metadata(),
        "defaultEnvironment": {**environment, "additionalExperiments": ["no_use_multiple_sdk_containers"]},
    }


def parse_arguments(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the template's parameters, and the arguments that are left for Beam; BadInput for one without its form.

    The console of Google Cloud checks the forms too, but whoever starts a job by its API need not go through it.
    """
    from pipelines.engines.dataflow import L4

    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    for each in PARAMETERS:
        parser.add_argument(f"--{each.name}", help=each.says, required=not each.optional)
    parser.set_defaults(accelerator=L4)
    told, rest = parser.parse_known_args(arguments)
    for each in PARAMETERS:
        value = getattr(told, each.name)
        if len(value) > MOST_CHARACTERS or not re.fullmatch(each.pattern, value) or not value.isprintable():
            raise BadInput(f"--{each.name}", f"{shorten(value)} has not the form {each.pattern}; correct it")
    return told, rest


def fetch_brief(address: str, folder: Path, client: Any, most_bytes: int = MOST_BYTES) -> Path:
    """Copy a brief and its folder from a bucket to `folder`; return the brief's path.

    BadInput if the brief is missing, if its folder holds more than `most_bytes`, or if a name leads out of the folder.
    """
    bucket, _, name = address.removeprefix("gs://").partition("/")
    prefix = name.rpartition("/")[0]
    blobs = list(client.list_blobs(bucket, prefix=f"{prefix}/" if prefix else None))
    size = sum(blob.size for blob in blobs)
    if size > most_bytes:
        raise BadInput(address, f"lies in a folder of {size} bytes; the limit is {most_bytes}. Give it one of its own")
    for blob in blobs:
        target = (folder / blob.name.removeprefix(prefix).lstrip("/")).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise BadInput(address, f"the object {blob.name!r} beside it leads out of its folder; rename it")
        if not blob.name.endswith("/"):
            target.parent.mkdir(parents=True, exist_ok=True)
            blob.download_to_filename(str(target))
    brief = folder / Path(name).name
    if not brief.is_file():
        raise BadInput(address, "is not there; upload the brief, or correct the address")
    return brief


@contextmanager
def quotas_held(orders: Sequence[Admitted], store: ObjectStore) -> Iterator[None]:
    """Hold what is missing of the orders, and let them run if somebody stopped them; Refusals if a quota is used up.

    The launcher does not see the end of the job: `foundry run` of the same brief, which writes the report, settles what
    was made. Until then the amounts stay held, for at most 30 days. If the job cannot be started they are released.
    """
    from foundry.plan.estimate import count_needs
    from pipelines.planning.quota_ledger import QuotaLedger, Wanted, needed
    from transforms.stopping import withdraw_stop

    ledger = QuotaLedger(store, lease_s=JOB_LEASE_S)
    own = {each.plan.digest: store.for_tenant(each.plan.tenant.id) for each in orders}
    wanted = [Wanted(each.plan, needed(count_needs(each.plan, own[each.plan.digest]))) for each in orders]
    with ExitStack() as undo:
        for each in orders:
            undo.callback(ledger.close, each.plan)
        for error in ledger.hold_each(wanted).values():
            raise error
        for each in orders:
            withdraw_stop(each.plan.digest, own[each.plan.digest])
        yield
        undo.pop_all()


def main(arguments: Sequence[str] | None = None) -> None:
    """Start one job; the plan's digests go to stdout."""
    from google.cloud import storage

    from foundry.store.addresses import open_store
    from pipelines.campaign.flow import start
    from pipelines.engines import dataflow
    from pipelines.engines.engine import Engine
    from pipelines.planning.admission import admit_file

    told, beam_arguments = parse_arguments(arguments or [])
    with tempfile.TemporaryDirectory() as folder:
        orders = admit_file(fetch_brief(told.brief, Path(folder), storage.Client()))
        options = dataflow.parse_dataflow_options([*beam_arguments, "--sdk_location=container"])
        hints = {"min_ram": "16GB", "accelerator": told.accelerator}
        where = Engine(dataflow.dataflow_runner(), options, hints=hints, accelerated=True)
        store = open_store(told.store, [each.plan.tenant for each in orders])
        with quotas_held(orders, store):
            start([(each.plan, each.inputs) for each in orders], store, engine=where)
    print(json.dumps([each.plan.digest for each in orders]))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
