"""Outages of the store and of the engine, told from a brief's own faults however deep in an error they lie."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator

from foundry.store.bucket_requests import StoreOutage
from foundry.store.object_store import CorruptObject

OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE})
"""What a folder's disk says when it is full, over its quota, broken, shut to writers or gone from the network."""
_NAMES = "|".join([StoreOutage.__name__, CorruptObject.__name__])
_SAYINGS = "|".join(re.escape(os.strerror(number)) for number in sorted(OF_THE_DISK))
_AS_TEXT = re.compile(rf"\b(?:{_NAMES}): |\[Errno \d+\] (?:{_SAYINGS})")


def outage_of(error: BaseException) -> str:
    """What the store or the engine failed with, in a sentence, if that is why this error was raised; or nothing.

    Told by type along the chain of causes. Only what a step of the flow raised is told by its text, since the engine
    hands that on as the text of a RuntimeError.
    """
    return next((said for link in _chain(error) if (said := _describe(link))), "")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, or what was being dealt with when it was raised: as a traceback shows it."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _describe(error: BaseException) -> str:
    from pipelines.engines.job_server import EngineLost

    if isinstance(error, StoreOutage | CorruptObject | EngineLost):
        return str(error)
    if isinstance(error, OSError) and error.errno in OF_THE_DISK:
        return str(error)
    if type(error) is RuntimeError and _AS_TEXT.search(str(error)):
        return str(error).strip().splitlines()[-1][:300]
    return ""
