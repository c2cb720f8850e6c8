"""One request to a bucket: repeated through an outage, its errors in our words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from foundry.errors import BadInput, FoundryError

Found = TypeVar("Found")


class StoreOutage(OSError):
    """The bucket did not answer for as long as we wait: the run stops, nothing is half written, and it can go on."""

    def __init__(self, name: str, seconds: float, reason: str):
        super().__init__(name, seconds, reason)
        self.name, self.seconds, self.reason = name, seconds, reason

    def __str__(self) -> str:
        return (
            f"object {self.name!r}: the bucket gave no usable answer for {self.seconds:g} s ({self.reason}). "
            "What was written stays; run the same command again when the bucket answers."
        )


class BucketRefused(FoundryError):
    """The bucket said no, and asking again would not help."""

    code = "bucket_refused"

    def __init__(self, name: str, bucket: str, reason: str):
        super().__init__(name, bucket, reason)
        self.name, self.bucket, self.reason = name, bucket, reason

    def __str__(self) -> str:
        return (
            f"object {self.name!r}: bucket {self.bucket!r} refused it ({self.reason}). "
            "Check that the bucket exists and that these credentials may use it."
        )


@dataclass(frozen=True)
class Patience:
    """How long an outage is waited out in all, the first and the longest pause between two tries, one call's limit."""

    seconds: float = 900.0
    first: float = 1.0
    longest: float = 32.0
    call: float = 60.0


PATIENT = Patience()


def patient_for(seconds: float) -> Patience:
    """Patience for an outage of so many seconds; no call takes longer than all of it.

    A request gives up as soon as its next pause would end too late, so that pauses are kept to an eighth of it.
    """
    pause = seconds / 8
    return Patience(seconds, min(PATIENT.first, pause), min(PATIENT.longest, pause), min(PATIENT.call, seconds))


def asked(call: Callable[[dict[str, Any]], Found], name: str, bucket: str, patience: Patience) -> Found:
    """What `call` gives, called with a timeout and a retry policy; StoreOutage or BucketRefused at the end of patience.

    PreconditionFailed and NotFound are answers, and rise as they are.
    """
    from google.api_core.exceptions import ClientError, GoogleAPIError, NotFound, PreconditionFailed, TooManyRequests
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    try:
        return call({"timeout": patience.call, "retry": _retry(patience)})
    except (PreconditionFailed, NotFound):
        raise
    except TooManyRequests as error:
        raise StoreOutage(name, patience.seconds, str(error)[:200]) from error
    except (ClientError, GoogleAuthError) as error:
        raise BucketRefused(name, bucket, str(error)[:200]) from error
    except (GoogleAPIError, ConnectionError, TimeoutError, RequestException) as error:
        raise StoreOutage(name, patience.seconds, str(error)[:200]) from error


@lru_cache(maxsize=8)
def _retry(patience: Patience) -> Any:
    from google.cloud.storage.retry import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(patience.seconds).with_delay(patience.first, patience.longest, 2.0)


@lru_cache(maxsize=1)
def client() -> Any:
    """The process's client; credentials and an emulator's address come from the environment, by Google's own names."""
    try:
        from google.cloud import storage
    except ImportError as error:
        wrong = "gs:// needs the extra gcs; install it with pip install 'campaign-foundry[gcs]'"
        raise BadInput("store", wrong) from error
    return storage.Client()


@lru_cache(maxsize=8)
def gate(at_once: int) -> threading.BoundedSemaphore:
    """Lets at most `at_once` requests of this process through."""
    return threading.BoundedSemaphore(at_once)


def signing(storage: Any) -> dict[str, Any]:
    """A service account without its key (on Google's machines) signs through IAM; others sign with their key."""
    credentials = storage._credentials
    if hasattr(credentials, "sign_bytes") or not hasattr(credentials, "service_account_email"):
        return {}
    from google.auth.transport.requests import Request

    credentials.refresh(Request())
    return {"service_account_email": credentials.service_account_email, "access_token": credentials.token}
