"""Look for known vulnerabilities in what is installed, and for packages that are not at their locked version.

    python -m infra.supply.audit [--required] [--osv-url URL]

pip-audit asks OSV, the database of advisories. A service that does not know a vulnerability which everybody knows
tells nothing by its silence, so it is asked for one first. If it does not know it, or does not answer, the check is
skipped, and says so: exit status 0, or 1 with --required. Vulnerabilities that people have judged stand in
advisories.toml.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import metadata
from pathlib import Path

from infra.supply.locks import LOCKS, blocks

JUDGED = Path(__file__).with_name("advisories.toml")
OSV = "https://api.osv.dev/v1/query"
CONTROL = ("pillow", "9.0.0")
"""A version with vulnerabilities that every service of advisories knows (CVE-2022-22817 and others)."""
WITHOUT_LOCK = frozenset({"campaign-foundry", "pip", "setuptools", "wheel", "pyicu"})
"""The project itself, what makes environments, and the tests' judge, whose lock is its own."""
SECONDS = 600


def installed() -> dict[str, str]:
    """Return the versions of the packages of this environment, by canonical name.

    Only its own folders count: setuptools, once imported, adds a folder of packages that it carries to the search path.
    """
    folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    found = ((each.metadata["Name"], each.version) for each in metadata.distributions(path=folders))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def unlocked(found: Mapping[str, str], lock: str) -> list[str]:
    """Return a line for each installed package that the lock does not have at this version."""
    held = {name: re.findall(r"^[^ ]+==(\S+)", block, re.MULTILINE) for name, block in blocks(lock).items()}
    strays = sorted(name for name in found if name not in WITHOUT_LOCK and found[name] not in held.get(name, []))
    return [
        f"{name} {found[name]} is installed; the lock has {' or '.join(held.get(name, ['none']))}" for name in strays
    ]


def known(found: Mapping[str, str], osv_url: str) -> dict[str, list[str]] | None:
    """Return the ids of the vulnerabilities of each package that has some; None if the service tells nothing."""
    told = _ask(dict([CONTROL]), osv_url)
    return _ask(found, osv_url) if told else None


def _ask(found: Mapping[str, str], osv_url: str) -> dict[str, list[str]] | None:
    with tempfile.TemporaryDirectory() as folder:
        pins, answer = Path(folder) / "pins.txt", Path(folder) / "answer.json"
        pins.write_text("".join(f"{name}=={version}\n" for name, version in sorted(found.items())), encoding="utf-8")
        options = ["--no-deps", "--disable-pip", "--strict", "--progress-spinner=off", "--format=json"]
        service = ["--vulnerability-service=osv", f"--osv-url={osv_url}", f"--cache-dir={folder}/cache"]
        command = [sys.executable, "-m", "pip_audit", *options, *service, f"--output={answer}", f"--requirement={pins}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        if done.returncode not in (0, 1) or not answer.exists():
            return None
        packages = json.loads(answer.read_text(encoding="utf-8"))["dependencies"]
    return {each["name"]: sorted(one["id"] for one in each["vulns"]) for each in packages if each.get("vulns")}


def accepted(today: date, advisories: str) -> set[str]:
    """Return the ids of the vulnerabilities that people judged to do no harm here, until the day that they set."""
    judged = tomllib.loads(advisories)["accepted"]
    return {name for name, entry in judged.items() if entry["until"] >= today}


def main() -> None:
    """Audit this environment; exit status 1, and a line for each, if something is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--required", action="store_true", help="fail if the service tells nothing")
    parser.add_argument("--osv-url", default=OSV, help="another service with OSV's interface")
    told, found = parser.parse_args(), installed()
    wrong = unlocked(found, (LOCKS / "develop.txt").read_text(encoding="utf-8"))
    vulnerable = known(found, told.osv_url)
    if vulnerable is None:
        sentence = f"SKIPPED the search for vulnerabilities: {told.osv_url} does not answer, or knows no advisories. "
        sentence += "Run `make audit` where it can be reached."
        wrong += [sentence] if told.required else []
        print("" if told.required else sentence, file=sys.stderr)
    else:
        judged = accepted(date.today(), JUDGED.read_text(encoding="utf-8"))
        lines = {name: [one for one in ids if one not in judged] for name, ids in vulnerable.items()}
        wrong += [f"{name} {found[name]} has {', '.join(ids)}" for name, ids in sorted(lines.items()) if ids]
        print(f"asked {told.osv_url} about {len(found)} packages", file=sys.stderr)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
