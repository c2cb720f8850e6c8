"""One request to a bucket: repeated through an outage, with its errors translated into the project's own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from foundry.errors import BadInput, NotAllowed, Outage
from foundry.request_slots import RequestSlots
from foundry.retrying import RetryPolicy

Found = TypeVar("Found")


class StoreOutage(OSError):
    """The bucket did not answer within the policy's time. The run stops, nothing is half written, and it can go on."""

    exit_code = Outage.exit_code

    def __init__(self, name: str, seconds: float, reason: str) -> None:
        super().__init__(name, seconds, reason)
        self.name, self.seconds, self.reason = name, seconds, reason

    def __str__(self) -> str:
        return (
            f"object {self.name!r}: the bucket gave no usable answer for {self.seconds:g} s ({self.reason}). "
            "What was written stays; run the same command again when the bucket answers."
        )


class BucketRefused(NotAllowed):
    """The bucket refused the request, and asking again would not help."""

    code = "bucket_refused"

    def __init__(self, name: str, bucket: str, reason: str) -> None:
        super().__init__(name, bucket, reason)
        self.name, self.bucket, self.reason = name, bucket, reason

    def __str__(self) -> str:
        return (
            f"object {self.name!r}: bucket {self.bucket!r} refused it ({self.reason}). "
            "Check that the bucket exists and that these credentials may use it."
        )


BUCKET_RETRIES = RetryPolicy(budget_s=900.0, first_pause_s=1.0, longest_pause_s=32.0, call_s=60.0)


def retries_within(seconds: float) -> RetryPolicy:
    """Return the policy that waits an outage of so many seconds out; no call takes longer than all of it.

    A request gives up as soon as its next pause would end too late, so pauses are kept to an eighth of the time.
    """
    pause, usual = seconds / 8, BUCKET_RETRIES
    return RetryPolicy(
        budget_s=seconds,
        first_pause_s=min(usual.first_pause_s, pause),
        longest_pause_s=min(usual.longest_pause_s, pause),
        call_s=min(usual.call_s, seconds),
    )


def ask(call: Callable[[dict[str, Any]], Found], name: str, bucket: str, retries: RetryPolicy) -> Found:
    """Return the result of `call`, which gets a timeout and Google's own retry object made from the policy.

    StoreOutage if the outage outlasts the policy, BucketRefused if asking again would not help. PreconditionFailed and
    NotFound are answers and rise as they are.
    """
    from google.api_core.exceptions import ClientError, GoogleAPIError, NotFound, PreconditionFailed, TooManyRequests
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    waited_s = retries.budget_s or 0.0
    try:
        return call({"timeout": retries.call_s, "retry": _google_retry(retries)})
    except (PreconditionFailed, NotFound):
        raise
    except TooManyRequests as error:
        raise StoreOutage(name, waited_s, str(error)[:200]) from error
    except (ClientError, GoogleAuthError) as error:
        raise BucketRefused(name, bucket, str(error)[:200]) from error
    except (GoogleAPIError, ConnectionError, TimeoutError, RequestException) as error:
        raise StoreOutage(name, waited_s, str(error)[:200]) from error


@lru_cache(maxsize=8)
def _google_retry(retries: RetryPolicy) -> Any:
    from google.cloud.storage.retry import DEFAULT_RETRY

    timed = DEFAULT_RETRY.with_timeout(retries.budget_s)
    return timed.with_delay(retries.first_pause_s, retries.longest_pause_s, 2.0)


class BucketConnections:
    """The client of Google Cloud Storage that a process has, made when it is first asked for.

    Credentials and an emulator's address come from the environment, by Google's own names.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Any = None

    def client(self) -> Any:
        """Return the client; BadInput if Google's library is not installed."""
        with self._lock:
            if self._client is None:
                self._client = _new_client()
            return self._client

    def close(self) -> None:
        """Close the client; the next request makes another one, from the environment as it is then."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()


def _new_client() -> Any:
    try:
        from google.cloud import storage
    except ImportError as error:
        wrong = "gs:// needs the extra gcs; install it with pip install 'campaign-foundry[gcs]'"
        raise BadInput("store", wrong) from error
    return storage.Client()


CONNECTIONS = BucketConnections()
REQUEST_SLOTS = RequestSlots()
"""The requests to buckets that are in flight in this process, by how many a store allows at once."""


def signing(storage: Any) -> dict[str, Any]:
    """Return the arguments that make a service account without its key sign through IAM; none for one with its key."""
    credentials = storage._credentials  # noqa: SLF001 - the client offers no public way to them
    if hasattr(credentials, "sign_bytes") or not hasattr(credentials, "service_account_email"):
        return {}
    from google.auth.transport.requests import Request

    credentials.refresh(Request())
    return {"service_account_email": credentials.service_account_email, "access_token": credentials.token}
