"""A process that has imported all that a run needs, and forks one for each run that tests stop.

It reads a line of JSON for each run: brief, store, seconds per picture, file for the output. It answers with the pid,
and when the run has ended with its exit code, negative for the signal that killed it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys

import apache_beam  # noqa: F401 - imported for those that are forked
import torch  # noqa: F401

import pipelines.campaign.flow
import pipelines.campaign.running
import pipelines.planning.admission  # noqa: F401
from console.starting import run_program
from tests.console.run_painted import app


def serve() -> None:
    gc.freeze()  # a child that collects garbage would otherwise copy all that its parent imported
    for line in sys.stdin:
        brief, store, seconds, errors = json.loads(line)
        pid = os.fork()
        if pid == 0:
            sys.argv = ["foundry", brief, store, "--seconds", str(seconds)]
            sink = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(sink, 1)
            os.dup2(sink, 2)
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
            run_program(lambda: app)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
