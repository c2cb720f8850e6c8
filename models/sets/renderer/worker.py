"""The process that renders: a line on standard input names a folder with a request, a line on standard output answers.

`python worker.py VARIANT THREADS TRIANGLES`. It ends when its standard input is closed, also amid a picture, and with
any error that is no refusal.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any


def main() -> None:
    """Load the renderer, say that it is ready, and serve."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints does not come among the answers
    variant, threads, triangles = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    from models.sets.renderer.studio import Studio

    studio = Studio(variant, threads, triangles)
    studio.warm_up()
    _say(out, {"ready": variant})
    lines = _lines()
    while True:
        _say(out, _served(studio, Path.cwd() / str(json.loads(lines.get())["job"])))


def _lines() -> SimpleQueue[str]:
    """Return the lines of standard input, read beside the work: its end ends this process, whatever it does."""
    lines: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        with os.fdopen(os.dup(0), encoding="utf-8") as own:
            for line in own:
                lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return lines


def _say(out: IO[str], content: dict[str, Any]) -> None:
    out.write(json.dumps(content) + "\n")
    out.flush()


def _served(studio: Any, folder: Path) -> dict[str, Any]:
    from foundry.errors import FoundryError
    from models.sets.ask import SetAsk
    from models.sets.renderer.job_files import ASK, BRIGHTEST_LIGHT, COVERAGE, LIGHT, PICTURE

    try:
        ask = SetAsk.model_validate_json((folder / ASK).read_bytes())
        began = time.process_time()
        picture = studio.draw(ask, folder)
        picture.pixels.astype("<f4").tofile(folder / PICTURE)
        answer: dict[str, Any] = {"denoised": picture.denoised, "cpu_s": time.process_time() - began}
        if picture.staged:
            picture.staged.coverage.astype("<f4").tofile(folder / COVERAGE)
            if picture.staged.light is not None:
                (picture.staged.light / BRIGHTEST_LIGHT).astype("<f4").tofile(folder / LIGHT)
            areas = [area.model_dump() for area in picture.staged.areas]
            answer["staged"] = {"areas": areas, "relit": picture.staged.relit, "blur": picture.staged.blur}
    except FoundryError as error:
        return {"refused": [error.code, str(error)]}
    except MemoryError:
        return {"refused": ["render_no_memory", "the set takes more memory than a picture may; ask for less detail"]}
    return answer


if __name__ == "__main__":
    main()
