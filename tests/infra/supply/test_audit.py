"""The search for vulnerabilities: what it finds, what it says when nobody answers, and what was judged."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.supply.audit import JUDGED, accepted, installed, known, unlocked
from infra.supply.locks import LOCKS, ROOT

pytest.importorskip("pip_audit")
LOCK = (LOCKS / "develop.txt").read_text()


@contextmanager
def osv(*advisories: tuple[str, str, str]) -> Iterator[str]:
    """A service with OSV's interface that knows these advisories: (package, version, id)."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            pair = (asked["package"]["name"], asked["version"])
            ids = [one for *about, one in advisories if tuple(about) == pair]
            affected = [{"package": {"name": pair[0], "ecosystem": "PyPI"}, "ranges": [], "versions": [pair[1]]}]
            vulns = [{"id": one, "summary": "bad", "affected": affected, "aliases": []} for one in ids]
            answer = json.dumps({"vulns": vulns} if vulns else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's names
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


CONTROL = ("pillow", "9.0.0", "PYSEC-2022-10")


def test_a_vulnerable_package_is_named_with_its_advisories() -> None:
    with osv(CONTROL, ("thing", "1.0", "PYSEC-2026-1")) as url:
        assert known({"thing": "1.0", "other": "2.0"}, url) == {"thing": ["PYSEC-2026-1"]}
        assert known({"thing": "1.1"}, url) == {}


def test_a_service_that_knows_no_advisory_tells_nothing() -> None:
    with osv() as url:
        assert known({"thing": "1.0"}, url) is None
    assert known({"thing": "1.0"}, url) is None  # and now nobody answers


@pytest.mark.parametrize(("required", "status"), [(False, 0), (True, 1)])
def test_a_skipped_search_says_so(required: bool, status: int) -> None:
    with osv() as url:
        command = [sys.executable, "-m", "infra.supply.audit", f"--osv-url={url}"]
        done = subprocess.run(
            [*command, *["--required"] * required], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
        )
    assert done.returncode == status, done.stderr
    assert "SKIPPED the search for vulnerabilities" in done.stderr


def test_a_search_that_was_made_says_how_many_packages_it_covered() -> None:
    command = [sys.executable, "-m", "infra.supply.audit"]
    with osv(CONTROL) as url:
        done = subprocess.run(
            [*command, f"--osv-url={url}"], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
        )
        assert done.returncode == 0, done.stderr
        assert f"about {len(installed())} packages" in done.stderr
    with osv(CONTROL, ("numpy", installed()["numpy"], "PYSEC-2026-2")) as url:
        done = subprocess.run(
            [*command, f"--osv-url={url}"], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"numpy {installed()['numpy']} has PYSEC-2026-2"


def test_what_is_installed_here_is_what_was_locked() -> None:
    assert unlocked(installed(), LOCK) == []


def test_packages_that_another_package_carries_with_it_are_not_installed() -> None:
    carried = (
        "import setuptools, sys; from importlib import metadata; from infra.supply.audit import installed; "
        "sys.path.append(setuptools.__path__[0] + '/_vendor'); "
        "print(len(installed()), len({each.metadata['Name'] for each in metadata.distributions()}))"
    )
    done = subprocess.run([sys.executable, "-c", carried], capture_output=True, text=True, check=True, cwd=ROOT)
    of_environment, on_path = map(int, done.stdout.split())
    assert of_environment == len(installed()) < on_path


def test_a_package_that_was_installed_by_hand_is_named() -> None:
    found = {**installed(), "numpy": "1.0", "left-pad": "3"}
    assert [line.split(" is ")[0] for line in unlocked(found, LOCK)] == ["left-pad 3", "numpy 1.0"]


def test_a_judgement_ends_on_its_day() -> None:
    text = '[accepted]\nPYSEC-2026-1 = { why = "in a server that nobody starts", until = 2027-01-31 }\n'
    assert accepted(date(2027, 1, 31), text) == {"PYSEC-2026-1"}
    assert accepted(date(2027, 2, 1), text) == set()


def test_every_judgement_has_a_reason_and_a_day() -> None:
    entries = tomllib.loads(JUDGED.read_text())["accepted"].values()
    assert all(entry["why"] and isinstance(entry["until"], date) for entry in entries)
