"""Every error that ends a command has one exit code and one sentence; only a bug is called one."""

from __future__ import annotations

import errno
import importlib
import pkgutil

import apache_beam as beam
import pytest
from google.api_core import exceptions as google
from google.auth import exceptions as google_auth
from kafka import errors as kafka
from PIL import UnidentifiedImageError

import connectors
import console
import foundry
import imaging
import infra.stack
import models
import pipelines
from console.ending import ending_of
from console.exit_codes import MEANINGS, Exit
from foundry.errors import BadInput, FoundryError, NotAllowed, Outage, Refusals
from foundry.store.bucket_requests import BucketRefused, StoreOutage
from foundry.store.object_store import CorruptObject
from models.remote.refusals import CredentialRefused, VendorOutage
from pipelines.bus.broker_errors import NoBroker
from pipelines.bus.producing import NotSent
from pipelines.dispatcher.outage_budget import GivenUp
from pipelines.engines.engine import embedded_runner
from pipelines.engines.job_server import JobLost, JobServerLost


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


ERRORS: list[tuple[Exception, Exit, str]] = [
    (BadInput("tenant", "is unknown"), Exit.REFUSED, "tenant: is unknown"),
    (Refusals("brief a/b", (BadInput("x", "y"),)), Exit.REFUSED, "brief a/b is refused"),
    (Outage("the broker is away"), Exit.OUTAGE, "the broker is away"),
    (NotAllowed("the topic is closed"), Exit.NOT_ALLOWED, "the topic is closed"),
    (NoBroker("a:9", "refused"), Exit.OUTAGE, "no Kafka broker answers at a:9"),
    (caused(NoBroker("a:9", "x"), kafka.SaslAuthenticationFailedError("x")), Exit.NOT_ALLOWED, "a:9"),
    (caused(NotSent("t", "k", "x"), kafka.TopicAuthorizationFailedError("x")), Exit.NOT_ALLOWED, "t"),
    (caused(NotSent("t", "k", "x"), kafka.MessageSizeTooLargeError("x")), Exit.REFUSED, "t"),
    (GivenUp("the store", 300, "503"), Exit.OUTAGE, "the store did not work for 300 seconds"),
    (JobServerLost("a:1", "refused"), Exit.OUTAGE, "a:1"),
    (JobLost("a:1", "x"), Exit.OUTAGE, "a:1"),
    (StoreOutage("a", 3, "503"), Exit.OUTAGE, "object 'a'"),
    (CorruptObject("a", "x", "y"), Exit.OUTAGE, "object 'a'"),
    (VendorOutage("m", "s", "503"), Exit.OUTAGE, "model m"),
    (CredentialRefused("m", "V", "is wrong"), Exit.NOT_ALLOWED, "model m"),
    (BucketRefused("a", "b", "403"), Exit.NOT_ALLOWED, "bucket 'b'"),
    (caused(BucketRefused("a", "b", "x"), google.NotFound("x")), Exit.OUTAGE, "bucket 'b'"),
    (google.Forbidden("no"), Exit.NOT_ALLOWED, "403 no"),
    (google.Unauthorized("no"), Exit.NOT_ALLOWED, "401 no"),
    (google.ServiceUnavailable("later"), Exit.OUTAGE, "503 later"),
    (google.TooManyRequests("later"), Exit.OUTAGE, "429 later"),
    (google.BadRequest("no"), Exit.REFUSED, "400 no"),
    (google.RetryError("gave up", None), Exit.OUTAGE, "gave up"),
    (google_auth.DefaultCredentialsError("none found"), Exit.NOT_ALLOWED, "none found"),
    (google_auth.TransportError("no network"), Exit.OUTAGE, "no network"),
    (kafka.KafkaTimeoutError("late"), Exit.OUTAGE, "late"),
    (kafka.KafkaConnectionError("closed"), Exit.OUTAGE, "closed"),
    (kafka.GroupAuthorizationFailedError("no"), Exit.NOT_ALLOWED, "no"),
    (kafka.ClusterAuthorizationFailedError("no"), Exit.NOT_ALLOWED, "no"),
    (kafka.InvalidReplicationFactorError("3 of 1"), Exit.REFUSED, "3 of 1"),
    (kafka.InvalidTopicError("x!"), Exit.REFUSED, "x!"),
    (OSError(errno.ENOSPC, "x", "/a/b"), Exit.OUTAGE, "/a/b: no space left on device; make room"),
    (OSError(errno.EDQUOT, "x", "/a/b"), Exit.OUTAGE, "/a/b: disk quota exceeded"),
    (OSError(errno.EROFS, "x", "/a/b"), Exit.OUTAGE, "/a/b: read-only file system"),
    (OSError(errno.EFBIG, "x", "/a/b"), Exit.OUTAGE, "/a/b: file too large"),
    (OSError(errno.EIO, "x", "/a/b"), Exit.OUTAGE, "/a/b: input/output error"),
    (OSError(errno.EMFILE, "x"), Exit.OUTAGE, "too many open files"),
    (OSError(errno.EACCES, "x", "/a/b"), Exit.NOT_ALLOWED, "/a/b: permission denied"),
    (OSError(errno.EPERM, "x", "/a/b"), Exit.NOT_ALLOWED, "/a/b: operation not permitted"),
    (OSError(errno.ENOENT, "x", "/a/b"), Exit.REFUSED, "/a/b: no such file or directory"),
    (OSError(errno.EISDIR, "x", "/a/b"), Exit.REFUSED, "/a/b: is a directory"),
    (OSError(errno.ENOTDIR, "x", "/a/b"), Exit.REFUSED, "/a/b: not a directory"),
    (OSError(errno.ENAMETOOLONG, "x", "a"), Exit.REFUSED, "a: file name too long"),
    (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Exit.OUTAGE, "connection refused"),
    (TimeoutError(), Exit.OUTAGE, "TimeoutError"),
    (BrokenPipeError(errno.EPIPE, "x"), Exit.OUTAGE, "broken pipe"),
    (UnidentifiedImageError("cannot identify"), Exit.REFUSED, "a picture cannot be read"),
    (MemoryError(), Exit.OUTAGE, "not enough memory"),
    (ModuleNotFoundError("x", name="kafka"), Exit.REFUSED, "pip install 'campaign-foundry[kafka]'"),
    (ModuleNotFoundError("x", name="google.cloud"), Exit.REFUSED, "campaign-foundry[gcs]"),
    (ModuleNotFoundError("x", name="numpy"), Exit.BUG, "internal error"),
    (KeyError("x"), Exit.BUG, "internal error: KeyError: 'x'"),
    (AssertionError(), Exit.BUG, "internal error: AssertionError"),
    (RecursionError("too deep"), Exit.BUG, "internal error: RecursionError: too deep"),
    (RuntimeError("something"), Exit.BUG, "internal error: RuntimeError: something"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "code", "words"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_ends_a_command_with_its_code_and_its_sentence(error: Exception, code: Exit, words: str) -> None:
    ending = ending_of(error)
    assert ending.code == code
    assert words in ending.sentence
    assert "Traceback" not in ending.sentence


def test_a_bug_is_one_line_that_says_how_to_report_it() -> None:
    with pytest.raises(AttributeError) as risen:
        infra.stack.down((), None)  # type: ignore[arg-type]
    ending = ending_of(risen.value)
    assert ending.code == Exit.BUG
    assert ending.sentence.count("\n") == 0
    for part in ("internal error in infra/stack/", "AttributeError", "FOUNDRY_TRACEBACK=1", "--version"):
        assert part in ending.sentence


def test_an_error_is_not_blamed_on_what_was_being_handled_when_it_rose() -> None:
    error = KeyError("x")
    error.__context__ = OSError(errno.ENOSPC, "full")
    assert ending_of(error).code == Exit.BUG


def test_what_a_terminal_would_obey_is_printed_escaped() -> None:
    assert ending_of(BadInput("\x1b[31m", "is \ud800 unknown")).sentence == "\\x1b[31m: is \\ud800 unknown"
    assert "\x1b" not in ending_of(OSError(errno.ENOENT, "x", "\x1b]0;x")).sentence
    assert "\x1b" not in ending_of(KeyError("\x1b[2J")).sentence
    assert len(ending_of(BadInput("x", "y" * 100_000)).sentence) <= 4_000


class _Raise(beam.DoFn):
    def __init__(self, error: Exception) -> None:
        self.error = error

    def process(self, _element: int) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/a/b"), Exit.OUTAGE, "/a/b: no space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), Exit.NOT_ALLOWED, "/a/b: permission denied"),
        (StoreOutage("a", 3, "503"), Exit.OUTAGE, "object 'a': the bucket gave no usable answer"),
        (CredentialRefused("m@1", "KEY", "is not set"), Exit.NOT_ALLOWED, "model m@1: the credential"),
        (Refusals("x", (BadInput("a", "b"),)), Exit.REFUSED, "x is refused for 1 reason(s):\n  a: b"),
        (VendorOutage("m@1", "s", "503"), Exit.OUTAGE, "model m@1, shot s: 503"),
        (MemoryError(), Exit.OUTAGE, "not enough memory"),
        (KeyError("x"), Exit.BUG, "internal error"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_an_error_of_a_step_of_the_flow_ends_a_run_like_any_other(error: Exception, code: Exit, words: str) -> None:
    runner, options = embedded_runner()
    pipeline = beam.Pipeline(runner=runner, options=options)
    _ = pipeline | beam.Create([1]) | "Raise" >> beam.ParDo(_Raise(error))
    with pytest.raises(Exception) as risen:
        pipeline.run().wait_until_finish()
    ending = ending_of(risen.value)
    assert ending.code == code
    assert words in ending.sentence
    assert "while running" not in ending.sentence


OF_OTHER_PROCESSES = {
    "models.blender.scene",  # the script that runs in Blender
    *(f"pipelines.catalog.validation.{name}" for name in ("check_digits", "checking", "linear_patterns", "pages")),
}
"""Modules that only a process of their own loads: with Blender, or with Great Expectations."""


def test_every_refusal_states_a_documented_code() -> None:
    for room in (connectors, console, foundry, imaging, infra.stack, models, pipelines):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name not in OF_OTHER_PROCESSES:
                importlib.import_module(module.name)
    found, kinds = set(), [FoundryError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found.add(kind)
    assert len(found) > 50
    assert {kind for kind in found if kind.exit_code not in set(Exit) - {Exit.DONE, Exit.BUG}} == set()


def test_every_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Exit)
