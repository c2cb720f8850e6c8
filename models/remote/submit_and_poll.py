"""The protocol of job APIs of the Firefly kind: submit, look at the job until it ends, fetch the picture.

`POST {url}` answers with `jobId`, `statusUrl` and perhaps `cancelUrl`; `GET statusUrl` answers with `status` and, at
the end, `result.outputs[].image.url`; `PUT cancelUrl` gives the job up. The body is that of Adobe's v3 image request.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import httpx2

from connectors.http.secrets import scrub
from foundry.names import digest
from imaging.pixels.arrays import Pixels
from models.drawing import DrawRequest
from models.prompt import Prompt
from models.remote.billing import charged_micro_usd
from models.remote.connection import Connection, json_of, url_of
from models.remote.download import download
from models.remote.effort import Effort
from models.remote.received import pixels_of
from models.remote.refusals import Declined, EndpointRefused, Transient, VendorOutage
from models.remote.vendor_error import error_in, is_policy

JOB_BYTES = 1_000_000
ENDED_BADLY = ("failed", "canceled", "cancelled", "error", "expired", "timeout")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class VendorJob:
    """A submitted request: the address of its status, and the address that cancels it, if there is one."""

    id: str
    status: httpx2.URL
    cancel: httpx2.URL | None


def draw(request: DrawRequest, prompt: Prompt, connection: Connection, effort: Effort) -> tuple[Pixels, str]:
    """Return one picture, and the words that were sent for it."""
    if request.guide is not None:
        raise Declined("unsupported_guide", "this protocol draws from words only; leave the guide out.")
    address = _finished_address(request, prompt, connection, effort)

    def fetch_once() -> tuple[Pixels, str]:
        return pixels_of(download(address, connection, effort), request.order)

    pixels, note = effort.repeat("fetching the picture", fetch_once)
    words = f"{prompt.text}; negative prompt: {prompt.negative}" if prompt.negative else prompt.text
    return pixels, f"{words} ({note})" if note else words


def _finished_address(request: DrawRequest, prompt: Prompt, connection: Connection, effort: Effort) -> object:
    """Return the address of the finished picture; a job that ended badly is ordered anew, under a key of its own."""
    reason, attempts = "", connection.api.attempts
    for round_number in range(attempts):
        key = digest("job", key=effort.key, round=round_number)
        outgoing = _build_request(request, prompt, connection, key)
        job = effort.repeat("submitting", lambda sent=outgoing: _submit(sent, connection, effort))  # type: ignore[misc]
        ended = _wait_for_end(job, connection, effort)
        effort.add_charge(charged_micro_usd(ended, connection.api.charges))
        if ended["status"] == "succeeded":
            return _picture_address(ended)
        code, message = error_in(ended)
        reason = scrub(f"{ended['status']} {code} {message}", connection.api.credential, connection.auth.client)
        if is_policy(code):
            raise Declined("content_policy", f"the vendor's content policy refuses it ({reason}); change the prompt.")
    raise Declined("job_failed", f"the vendor's job ended badly {attempts} times, last: {reason}.")


def _build_request(request: DrawRequest, prompt: Prompt, connection: Connection, key: str) -> httpx2.Request:
    order = request.order
    body: dict[str, object] = {
        "prompt": prompt.text,
        "numVariations": 1,
        "seeds": [request.seed],
        "size": {"width": order.width_px, "height": order.height_px},
    }
    if prompt.negative:
        body["negativePrompt"] = prompt.negative
    outgoing = connection.request("POST", connection.reach.home, key, json=body)
    if connection.api.model:
        outgoing.headers["x-model-version"] = connection.api.model
    return outgoing


def _submit(outgoing: httpx2.Request, connection: Connection, effort: Effort) -> VendorJob:
    content = json_of(connection.order(outgoing, effort, JOB_BYTES))
    if not isinstance(content, dict) or not isinstance(content.get("statusUrl"), str):
        raise Transient("the answer names no job to look at")
    status = url_of(content["statusUrl"], connection.reach.home)
    if not connection.reach.scope.allows(status):
        wrong = "is where the vendor's job is, and the credential may not go there; name it among the card's hosts"
        raise EndpointRefused(connection.card.name, f"{status.scheme}://{status.host}", wrong)
    cancel = content.get("cancelUrl")
    where = url_of(cancel, connection.reach.home) if isinstance(cancel, str) else None
    return VendorJob(
        str(content.get("jobId", "")), status, where if where and connection.reach.scope.allows(where) else None
    )


def _wait_for_end(job: VendorJob, connection: Connection, effort: Effort) -> dict[str, object]:
    """Return the job's status object once it has ended; one that outlives the deadline is cancelled: VendorOutage."""
    try:
        while True:
            seen = effort.repeat("looking at the job", lambda: _look(job, connection, effort))
            if seen["status"] == "succeeded" or seen["status"] in ENDED_BADLY:
                return seen
            effort.pause(float(connection.api.poll_s), "the job is not done")
    except VendorOutage:
        _cancel(job, connection, effort)
        raise


def _look(job: VendorJob, connection: Connection, effort: Effort) -> dict[str, object]:
    content = json_of(connection.call(connection.request("GET", job.status), effort, JOB_BYTES))
    if not isinstance(content, dict) or not isinstance(content.get("status"), str):
        raise Transient("the job has no status")
    return {**content, "status": content["status"].lower()}


def _cancel(job: VendorJob, connection: Connection, effort: Effort) -> None:
    """Ask the vendor to stop; the job may be billed anyway, so a failure is logged and nothing more."""
    if job.cancel is None:
        return
    outgoing = connection.request("PUT", job.cancel)
    outgoing.extensions["timeout"] = httpx2.Timeout(min(10.0, float(connection.api.timeout_s))).as_dict()
    try:
        status = connection.client.send(outgoing, auth=connection.auth, follow_redirects=False).status_code
    except httpx2.HTTPError as error:
        log.warning("job of shot %s could not be cancelled: %s", effort.shot, type(error).__name__)
        return
    if status >= 400:
        log.warning("job of shot %s could not be cancelled: the vendor answers %d", effort.shot, status)


def _picture_address(ended: dict[str, object]) -> object:
    result = ended.get("result", ended)
    outputs = result.get("outputs") if isinstance(result, dict) else None
    first = outputs[0] if isinstance(outputs, list) and outputs else None
    image = first.get("image") if isinstance(first, dict) else None
    return image.get("url") if isinstance(image, dict) else None
