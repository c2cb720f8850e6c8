"""Log lines are JSON, one bounded object a line, whatever a library prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from foundry import log_lines
from foundry.log_lines import LINE_BYTES, foreign_line, foreign_texts, json_line

TRACE = 'Traceback (most recent call last):\n  File "/x/site-packages/absl/app.py", line 1, in f\n    g()\nKeyError: 1'


def parsed(line: bytes) -> dict[str, Any]:
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert len(line) <= LINE_BYTES
    assert all(32 <= byte < 127 for byte in line[:-1])
    return dict(json.loads(line))


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    "message",
    [
        "plain", "two\nlines\r\n", "\x1b[31mred\x07", "\ud800 alone", "\x7f\x85\u2028\u202e", "日本" * 9000,
        "\x00" * 9000, Unspeakable(), "",
    ],
    ids=["plain", "lines", "escapes", "surrogate", "controls", "long", "escaped", "unspeakable", "empty"],
)  # fmt: skip
def test_a_line_holds_any_text_within_its_limit(message: Any) -> None:
    fields = parsed(json_line({"level": "info", "message": message, "seconds": 1.5}))
    assert (fields["level"], fields["seconds"]) == ("info", 1.5)
    if isinstance(message, str) and len(message) < 100:
        assert fields["message"] == message


def test_a_line_of_many_long_fields_is_cut_in_all_of_them() -> None:
    fields = parsed(json_line({f"field-{number}": "x" * 5000 for number in range(40)}))
    assert len(fields) == 40


def test_a_traceback_keeps_its_end_and_a_message_its_beginning() -> None:
    fields = parsed(json_line({"message": "begin" + "x" * 9000, "exception": "y" * 9000 + "end"}))
    assert fields["message"].startswith("begin")
    assert fields["exception"].endswith("end")


@pytest.mark.parametrize(
    ("printed", "level", "logger"),
    [
        ("W0000 00:00:1732923 12 absl/log.cc:12] no device", "warning", "absl"),
        ("E0000 00:00:1732923.123 12 grpc/x.cc:12] closed", "error", "absl"),
        ("W1130 00:45:31.149000 14042 torch/utils/_pytree.py:630] an enum", "warning", "torch"),
        ("[W1130 00:45:31.149000 NNPACK.cpp:57] Could not initialize NNPACK", "warning", "torch"),
        ("Loading weights:  37%|###   | 12/36 [00:00<00:01, 102.5it/s]", "info", "tqdm"),
        ("/v/lib/python3.11/site-packages/diffusers/x.py:3: FutureWarning: soon gone", "warning", "diffusers"),
        (TRACE, "error", "absl"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "warning", "stderr"),
    ],
)
def test_a_printed_text_becomes_a_line_with_its_library(printed: str, level: str, logger: str) -> None:
    fields = parsed(foreign_line(printed))
    assert (fields["level"], fields["logger"]) == (level, logger)
    assert fields["message"] in printed


def test_a_line_of_another_process_is_passed_on() -> None:
    line = json_line({"time": "t", "level": "info", "logger": "foundry", "message": "a"}).decode().strip()
    assert foreign_line(line).decode().strip() == line
    for forged in ('{"time": 1', '{"level": "info"}', '{"time": "\u2028", "level": "", "logger": "", "message": ""}'):
        parsed(foreign_line(forged))


@pytest.mark.parametrize(
    ("chunks", "texts"),
    [
        ([b"one\ntw", b"o\n"], ["one", "two"]),
        ([b"a\rb\rc\n"], ["c"]),
        ([b"10%|\r20%|", None, b"\r30%|\n"], ["20%|", "30%|"]),
        ([f"{TRACE}\nnext\n".encode()], [TRACE, "next"]),
        ([TRACE[:60].encode(), TRACE[60:].encode(), None], [TRACE]),
        ([b"\n\n  \n"], []),
        ([b"\x1b[31mred\x1b[0m \xff\n"], ["red \\xff"]),
        ([b"x" * (1 << 17)], ["x" * (1 << 17)]),
    ],
)
def test_printed_bytes_are_told_apart(chunks: list[bytes | None], texts: list[str]) -> None:
    assert list(foreign_texts(iter(chunks))) == texts


def test_the_program_ends_with_its_last_writer_and_not_by_a_signal() -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-I", "-S", log_lines.__file__]
    with subprocess.Popen(command, stdin=reading, stdout=subprocess.PIPE) as program:
        assert program.stdout
        os.close(reading)
        os.write(writing, b"first\n")
        assert parsed(program.stdout.readline())["message"] == "first"
        program.terminate()
        os.write(writing, b"last")
        os.close(writing)
        assert parsed(program.stdout.read())["message"] == "last"
        assert program.wait(10) == 0
