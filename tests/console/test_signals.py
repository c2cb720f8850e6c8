"""A signal ends a command within seconds, whatever the command does about it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from console.exit_codes import Exit
from tests.support.briefs import ROOT
from tests.support.waiting import until

PROGRAM = """
import signal, subprocess, sys, tempfile, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
import typer
from console.starting import run_program
app = typer.Typer()
@app.command()
def polite():
    with tempfile.TemporaryDirectory() as folder:
        print(folder, flush=True)
        time.sleep(100)
@app.command()
def deaf():
    child = subprocess.Popen(["sleep", "100"])
    word = str(child.pid)
    while True:
        try:
            print(word, flush=True)
            time.sleep(100)
        except BaseException:
            pass
@app.command()
def loud():
    def work():
        while True:
            time.sleep(0.01)
            if not threading.main_thread().is_alive():
                raise RuntimeError("lost")
    threading.Thread(target=work).start()
    print("", flush=True)
    time.sleep(100)
run_program(lambda: app)
"""
CODES = [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)]


@contextmanager
def running(command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program at work, and the line that it printed."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process, process.stdout.readline().strip()
        process.kill()


@pytest.mark.parametrize("command", ["polite", "loud"])
@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_command_unwinds_and_says_one_sentence(command: str, number: signal.Signals, code: Exit) -> None:
    with running(command) as (process, folder):
        process.send_signal(number)
        assert process.wait(20) == code
        assert process.stderr
        (sentence,) = process.stderr.read().splitlines()
        assert sentence.startswith("stopped")
        assert sentence.endswith("run the same command to go on")
        assert not folder or not os.path.exists(folder)  # noqa: PTH110 - "" is no path


@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_command_that_does_not_stop_is_ended_with_what_it_started(number: signal.Signals, code: Exit) -> None:
    with running("deaf") as (process, child):
        process.send_signal(number)
        assert process.wait(30) == code
        until(lambda: not psutil.pid_exists(int(child)) or psutil.Process(int(child)).status() == "zombie", 10)


def test_a_second_signal_ends_it_at_once() -> None:
    with running("deaf") as (process, _):
        process.send_signal(signal.SIGINT)
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == Exit.TERMINATED  # after its grace, it would have ended with the code of the first


def test_a_signal_that_comes_twice_in_one_press_is_one() -> None:
    with running("deaf") as (process, _):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert process.poll() is None
