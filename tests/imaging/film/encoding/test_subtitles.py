"""Timed lines are checked for reading, and written so that no text is taken for markup."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from imaging.film.encoding.subtitles import (
    TimedLine,
    UnreadableLine,
    as_srt,
    as_webvtt,
    check_lines,
    lines_at,
    runs_right_to_left,
)
from tests.support.moving_pictures import FFMPEG, readers


def said(text: str, start: float = 1, end: float = 3.5) -> TimedLine:
    return TimedLine(Fraction(start), Fraction(end), text)


def test_a_webvtt_file():
    lines = [said("Hello"), said("Two\nlines", 3723, 3725.5)]
    assert as_webvtt(lines).decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\nHello\n\n01:02:03.000 --> 01:02:05.500\nTwo\nlines\n"
    )


def test_a_srt_file():
    assert as_srt([said("Hello")]) == b"1\r\n00:00:01,000 --> 00:00:03,500\r\nHello\r\n"


def test_markup_is_shown_not_obeyed():
    hostile = said("a <b> & --> c")
    assert "a &lt;b&gt; &amp; --&gt; c" in as_webvtt([hostile]).decode()
    srt = as_srt([hostile]).decode()
    assert srt.count("-->") == 1
    assert "<b" not in srt


def test_right_to_left_lines_are_marked_where_the_format_cannot_say_so():
    assert "\u202bشاهد الآن!\u202c" in as_srt([said("شاهد الآن!")]).decode()
    assert runs_right_to_left("123 שלום")
    assert not runs_right_to_left("Hello שלום")


def test_lines_at_a_time():
    lines = check_lines([said("One", 1, 2), said("Two\nmore", 2, 4)])
    assert [lines_at(lines, Fraction(at)) for at in (0, 1, 2, 4)] == [(), ("One",), ("Two", "more"), ()]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (said("x" * 43, 0, 9), "has a line of 43 characters; the limit is 42"),
        (said("a\nb\nc"), "has 3 lines; the limit is 2"),
        (said("x" * 40, 0, 1), "asks for 40.0 characters a second; the limit is 20"),
        (said("夏の新作コレクションが、いま登場します。"), "has a line of 20 characters; the limit is 16"),
        (said("夏の新作が、いま登場", 0, 1), "the limit is 9"),
        (said("Hi", 1, 1.5), "stays for 0.50 s"),
        (said("Hi", -1, 1.5), "give it 0.67 s"),
        (said(" \n "), "says nothing"),
        (said("a\x00b"), "control character"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused(line: TimedLine, sentence: str):
    with pytest.raises(UnreadableLine) as refusal:
        check_lines([line])
    assert sentence in str(refusal.value)


def test_marks_take_no_room():
    assert check_lines([said("x\u0301" * 42, 0, 9)])


def test_overlapping_lines_are_refused():
    with pytest.raises(UnreadableLine, match="timed line 2 begins before"):
        check_lines([said("One", 1, 3), said("Two", 2, 4)])


class TestFfmpegReads:
    pytestmark = readers

    @pytest.mark.parametrize("kind", ["vtt", "srt"])
    def test_the_same_lines(self, kind: str, tmp_path: Path):
        lines = [said("Tom & Jerry"), said("שלום עולם", 4, 6)]
        file = tmp_path / f"lines.{kind}"
        file.write_bytes(as_webvtt(lines) if kind == "vtt" else as_srt(lines))
        command = [str(FFMPEG), "-v", "error", "-i", str(file), "-f", "srt", "-"]
        read = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout.decode()
        assert "Tom & Jerry" in read
        assert "שלום עולם" in read
        assert "00:00:01,000 --> 00:00:03,500" in read
