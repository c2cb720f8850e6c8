"""Google's client, led to a server of this machine."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from foundry.store.bucket_requests import CONNECTIONS


@contextmanager
def client_of(endpoint: str) -> Iterator[None]:
    """This process's client asks the server at `endpoint`; it is made anew, and closed at the end."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STORAGE_EMULATOR_HOST", endpoint)
        environment.setenv("GOOGLE_CLOUD_PROJECT", "tests")
        CONNECTIONS.close()
        try:
            yield
        finally:
            CONNECTIONS.close()
            gc.collect()


def named_bucket() -> str:
    """A new bucket, whose name no other test uses."""
    name = f"b-{uuid.uuid4().hex[:12]}"
    CONNECTIONS.client().create_bucket(name)
    return name
