"""The vendors' own clients that are written in JavaScript, and which the tests run against the local servers.

They come by npm, as tests/connectors/node/package-lock.json names them with their hashes, without running a script of
any of them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from infra.supply.go_programs import run
from infra.supply.system import tools_folder

LISTED = Path(__file__).parents[2] / "tests" / "connectors" / "node"
LISTS = ("package.json", "package-lock.json")
QUIET = ("--ignore-scripts", "--omit=dev", "--omit=optional", "--no-audit", "--no-fund", "--no-update-notifier")


def clients_folder() -> Path:
    """Return the folder in which Node.js finds the clients, if they are all there: NODE_PATH for a script."""
    return _home() / "node_modules"


def lacking_clients() -> str:
    """Return what a machine lacks to run the clients, in a few words; the empty string if nothing."""
    if shutil.which("node") is None:
        return "no node"
    return "" if _are_here() else "the vendors' clients are not fetched"


def node_clients() -> str:
    """Install the clients, if they are not there as they are listed."""
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        return f"needs {' and '.join(missing)}"
    if not _are_here():
        home = _home()
        home.mkdir(parents=True, exist_ok=True)
        for name in LISTS:
            shutil.copyfile(LISTED / name, home / name)
        run("npm", "ci", "--prefix", str(home), *QUIET)
        _ready().write_bytes(_wanted())
    return ""


def _home() -> Path:
    return tools_folder() / "node-clients"


def _ready() -> Path:
    return _home() / ".ready"


def _wanted() -> bytes:
    return b"".join((LISTED / name).read_bytes() for name in LISTS)


def _are_here() -> bool:
    return _ready().exists() and _ready().read_bytes() == _wanted()
