"""On stderr of a service there are lines of JSON and nothing else, whoever writes there."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from contextlib import suppress
from typing import Any

from foundry.log_lines import LINE_BYTES
from pipelines.dispatcher.logs import JsonFormatter
from tests.support.briefs import ROOT

CHATTER = """
import faulthandler, logging, os, subprocess, sys, threading, warnings
from pipelines.dispatcher.logs import capture_stderr, log_as_json
capture_stderr()
log_as_json()
os.write(2, b"W0000 00:00:1732923.1 12 absl/log.cc:12] of C++\\n")
print("printed", file=sys.stderr)
warnings.warn("of Python")
threading.Thread(target=lambda: {}["in a thread"]).start()
subprocess.run(["sh", "-c", "echo of a child >&2"])
sys.stderr.write("\\r 10%|#  | 1/10 [00:00<00:01, 9.0it/s]\\r100%|###| 10/10 [00:01<00:00, 9.0it/s]\\n")
logging.getLogger("kafka.client").error("of a library, %d", "no number")
logging.getLogger("foundry.serve").info("ours", extra={"tenant": "aurelle"})
logging.getLogger("foundry.serve").info("long " + "x" * 100_000 + "\\x1b[31m\\ud800")
try:
    {}["caught"]
except KeyError:
    logging.getLogger("foundry.serve").exception("broke")
class Dying:
    def __del__(self):
        raise ValueError("while dying")
Dying()
sys.stdout.write("results go to stdout")
"""


def spoken(code: str) -> tuple[int, list[dict[str, Any]], str]:
    """The exit code of a program, what it wrote on stderr, and what on stdout."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, timeout=60, env=dict(os.environ)
    )
    lines = done.stderr.splitlines(keepends=True)
    assert all(len(line) <= LINE_BYTES and line.endswith(b"\n") for line in lines)
    return done.returncode, [json.loads(line) for line in lines], done.stdout.decode()


def test_every_writer_to_stderr_becomes_a_line_of_json() -> None:
    code, lines, results = spoken(CHATTER)
    assert (code, results) == (0, "results go to stdout")
    said = {line["message"]: line for line in lines}
    assert said["W0000 00:00:1732923.1 12 absl/log.cc:12] of C++"]["logger"] == "absl"
    assert said["printed"]["logger"] == "stderr"
    assert said["of a child"]["logger"] == "stderr"
    assert said["of a library, %d ('no number',)"]["logger"] == "kafka.client"
    assert said["ours"]["tenant"] == "aurelle"
    assert said["an error that nobody caught: KeyError"]["exception"].endswith("KeyError: 'in a thread'")
    assert said["an error that nobody caught: ValueError"]["exception"].endswith("ValueError: while dying")
    assert said["broke"]["exception"].endswith("KeyError: 'caught'")
    assert any("100%|###|" in message for message in said)
    assert not any(" 10%|" in message for message in said)
    assert any("UserWarning: of Python" in message for message in said)
    assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines))


def test_the_last_words_of_a_process_that_crashes_are_lines_too() -> None:
    setting = "from pipelines.dispatcher.logs import capture_stderr, log_as_json; capture_stderr(); log_as_json();"
    code, lines, _ = spoken(f"import os; {setting} os.write(2, b'terminate called\\n'); os.kill(os.getpid(), 9)")
    assert code == -9
    assert [line["message"] for line in lines] == ["terminate called"]


def test_an_error_that_ends_the_process_is_a_line_with_its_traceback() -> None:
    setting = "from pipelines.dispatcher.logs import capture_stderr, log_as_json; capture_stderr(); log_as_json();"
    code, lines, _ = spoken(f"{setting} {{}}['x']")
    assert code == 1
    assert [line["level"] for line in lines] == ["error"]
    assert lines[0]["exception"].endswith("KeyError: 'x'")


def formatted(**fields: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "foundry.serve", "levelname": "INFO", **fields})
    told = json.loads(JsonFormatter().format(record))
    assert isinstance(told, dict)
    return told


def test_a_log_line_is_json_with_its_trace() -> None:
    told = formatted(msg="%s: %s", args=("a/b", "finished"), trace_id="4bf9", tenant="a", created=0.5)
    assert (told["message"], told["tenant"], told["trace_id"]) == ("a/b: finished", "a", "4bf9")
    assert (told["level"], told["time"]) == ("info", "1970-01-01T00:00:00.500+00:00")


def test_fields_that_are_not_of_the_format_stay_out() -> None:
    assert "password" not in formatted(msg="x", password="hidden")


def test_an_exception_is_in_the_line() -> None:
    with suppress(ValueError):
        try:
            int("torn")
        finally:
            told = formatted(msg="it broke", exc_info=sys.exc_info())
    assert "ValueError: invalid literal" in str(told["exception"])


def test_text_in_any_script_and_values_of_any_type_are_written() -> None:
    told = formatted(msg="Größe 靴", seconds=0.25, place=("briefs", 3))
    assert (told["message"], told["seconds"], told["place"]) == ("Größe 靴", 0.25, ["briefs", 3])
