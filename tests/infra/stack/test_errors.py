"""Errors of the stack name the server and the way out, also after pickling."""

from __future__ import annotations

import pickle

import pytest

from foundry.errors import FoundryError
from infra.stack.errors import FetchFailed, MissingTool, NotFetched, NotReady, StackRefused

ERRORS = [
    (StackRefused("rabbit", "is no server"), "stack_refused", "rabbit: is no server"),
    (MissingTool("kafka", "java", "openjdk-17-jre-headless"), "missing_tool", "install the package openjdk-17"),
    (NotFetched("kafka", "/cache"), "not_fetched", "run `foundry stack fetch kafka`"),
    (FetchFailed("flink", "mvn ended with 1: no route"), "fetch_failed", "run `foundry stack fetch flink` again"),
    (NotReady("gcs", "its process ended", "/log", "the disk\nis full"), "not_ready", "  | the disk\n  | is full\n"),
    (NotReady("gcs", "its process ended", "/log", ""), "not_ready", "  | (nothing)\n"),
]


@pytest.mark.parametrize(("error", "code", "part"), ERRORS)
def test_an_error_has_a_code_and_a_sentence_that_survive_pickling(error: FoundryError, code: str, part: str) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, str(again)) == (code, str(error))
    assert part.lower() in str(again).lower()
