"""Faults of one item: what fails because of one shot, clip or file is its dead letter, and the rest of the run goes on.

A run is shared by campaigns and tenants. An error that is nobody's item rises, so that the engine repeats the work and
somebody is told: the store, the disk, the bucket, memory; and in the stages that draw, the card, the vendor and the
device. Whatever else fails on an item is that item's. An error that is no refusal is a bug, or data that a decoder does
not take: it is logged with its traceback, and its dead letter names its type alone, since its text may hold
paths or another's data.
"""

from __future__ import annotations

import errno
import logging
import struct
import zlib

from foundry.errors import DISK_AWAY, FoundryError, NotAllowed, Outage, Unusable, clipped
from foundry.manifest import DeadLetter
from foundry.store.bucket_requests import BucketRefused, StoreOutage
from foundry.store.object_store import CorruptObject, NoSuchObject

BUG, UNREADABLE = "bug", "unreadable"
SHARED = (StoreOutage, CorruptObject, BucketRefused, Outage, NotAllowed, MemoryError)
"""Errors that concern the whole run, in every stage."""
OF_AN_INPUT = (Unusable, NoSuchObject)
"""Refusals that concern an item in the stages that draw, where others concern its model."""
DISK = DISK_AWAY | {errno.ENOMEM}
"""Errors of a disk that is full, over its quota, broken, read-only or gone, and of memory."""
log = logging.getLogger(__name__)


def is_shared(error: Exception, *, drawing: bool = False) -> bool:
    """Return whether an error concerns the whole run rather than one item. `drawing`: it comes from a model's handler.

    The errors of the file system have a number; those of decoders, which are OSErrors too, have none. PyAV's have one,
    which concerns the run only if it is the disk's.
    """
    if isinstance(error, SHARED):
        return True
    if isinstance(error, OSError):
        return error.errno in DISK if _is_pyavs(error) else error.errno is not None
    if not drawing:
        return False
    if isinstance(error, FoundryError):
        return not isinstance(error, OF_AN_INPUT)
    # Torch and vendors report trouble of the device or the service as RuntimeErrors, whose subclasses here are bugs; a
    # model whose assertion fails is not to be trusted with the next item.
    of_the_model = isinstance(error, RuntimeError | AssertionError)
    return of_the_model and not isinstance(error, NotImplementedError | RecursionError)


def letter_of(error: Exception, stage: str, key: str, plan: str) -> DeadLetter:
    """Return the dead letter of the item with this key, logged if the error is no refusal."""
    code, reason = describe(error, key)
    return DeadLetter(stage, code, key, reason, plan)


def describe(error: Exception, key: str) -> tuple[str, str]:
    """Return the code and the sentence for an item's error, logged if it is no refusal."""
    if isinstance(error, FoundryError):
        return error.code, clipped(str(error))
    code = UNREADABLE if _is_decoders(error) else BUG
    log.error("%s failed: %s", key, code, exc_info=error, extra={"code": code})
    kind = type(error).__name__
    if code == UNREADABLE:
        return code, f"a picture, sound or film that it is made from cannot be decoded ({kind}); give another file."
    return code, f"the program failed on it ({kind}), and the traceback was logged; tell whoever runs the service."


def _is_decoders(error: Exception) -> bool:
    of_decoders = OSError | UnicodeError | EOFError | SyntaxError | struct.error | zlib.error
    return isinstance(error, of_decoders) or _is_pyavs(error)


def _is_pyavs(error: Exception) -> bool:
    """Return whether an error is one of PyAV, which is imported only where films are made."""
    return type(error).__module__.startswith("av.")
