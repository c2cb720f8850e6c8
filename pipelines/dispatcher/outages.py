"""Tells outages of the store and of the engine from the faults of a brief, however deep in an error they are."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from foundry.errors import DISK_AWAY, Outage
from foundry.store.bucket_requests import BucketRefused, StoreOutage
from foundry.store.object_store import CorruptObject

_NAMES = f"{StoreOutage.__name__}|{CorruptObject.__name__}|{BucketRefused.__name__}"
_MESSAGES = "|".join(re.escape(os.strerror(number)) for number in sorted(DISK_AWAY))
_AS_TEXT = re.compile(rf"\b(?:{_NAMES}): |\[Errno \d+\] (?:{_MESSAGES})")


def outage_of(error: BaseException) -> str:
    """Return the sentence of the outage that caused an error; "" if none did.

    Outages are recognised by type along the chain of causes. Only a RuntimeError is recognised by its text, because the
    engine passes on the errors of a step as the text of one. That a bucket refuses, or is not there, is an outage of
    whoever owns it: it may be created, or permitted, later.
    """
    return next((sentence for link in _chain(error) if (sentence := _describe(link))), "")


def engine_is_lost(error: BaseException) -> bool:
    """Return whether the engine's job server is what an error comes from. Everybody needs the engine."""
    engine = sys.modules.get("pipelines.engines.job_server")  # what has not been imported has raised nothing
    return engine is not None and any(isinstance(link, engine.EngineLost) for link in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its causes and contexts, as a traceback shows them."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _describe(error: BaseException) -> str:
    if isinstance(error, StoreOutage | CorruptObject | BucketRefused | Outage):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK_AWAY:
        return str(error)
    if type(error) is RuntimeError and _AS_TEXT.search(str(error)):
        return str(error).strip().splitlines()[-1][:300]
    return ""
