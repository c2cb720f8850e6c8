"""Complete the licences of a software bill of materials, and refuse what the project's own licence cannot live with.

    python -m infra.supply.licences build/sbom.json
    python -m infra.supply.licences build/sbom.json --table     the table of docs/reference/licences.md

Refused are the AGPL and SSPL everywhere, and a GPL except for programs that run in processes of their own
(`licences.toml` lists them). A package that states no licence is refused until `licences.toml` names it.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.supply.locks import LOCKS, blocks

NOTES = Path(__file__).with_name("licences.toml")
NETWORK = re.compile(r"\b(AGPL|SSPL|Affero|Server Side Public)", re.IGNORECASE)
STRONG = re.compile(r"\bGPL|(?<!Lesser )(?<!Library )General Public License", re.IGNORECASE)
# With these, a library under the GPL may be linked to anything.
EXCEPTION = re.compile(r"\b[AL]?GPL\S* WITH (GCC-exception|Classpath-exception)\S*", re.IGNORECASE)


def stated(component: dict[str, Any]) -> list[str]:
    """Return the licences that a component of a CycloneDX document states: expressions, identifiers or names."""
    entries = component.get("licenses", [])
    named = (each.get("license", {}) for each in entries)
    found = [each["expression"] for each in entries if "expression" in each]
    return found + [str(each.get("id") or each["name"]) for each in named if each]


def completed(component: dict[str, Any], notes: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return the component with the licence that `licences.toml` names for it, if it does."""
    name = component["name"].lower()
    licence = notes["chosen"].get(name) or (not stated(component) and notes["found"].get(name))
    if not licence:
        return component
    return component | {"licenses": [{"expression": licence, "acknowledgement": "concluded"}]}


def objection(component: dict[str, Any], apart: Iterable[str]) -> str:
    """Return what speaks against a component, or the empty string.

    Of alternatives (`A OR B`) one must be acceptable; of everything else, all.
    """
    licences = stated(component)
    if not licences:
        return "states no licence; find it and add it to infra/supply/licences.toml"
    for licence in licences:
        choices = EXCEPTION.sub("", licence).split(" OR ")
        if all(NETWORK.search(choice) for choice in choices):
            return f"is under {licence}, which the project does not take in"
        if (
            all(STRONG.search(choice) or NETWORK.search(choice) for choice in choices)
            and component["name"] not in apart
        ):
            return f"is under {licence}; only a program that runs in a process of its own may be"
    return ""


def table(components: Iterable[dict[str, Any]], names: Iterable[str]) -> list[str]:
    """Return a table in Markdown of those components that `names` has: a row for each licence, as it is stated."""
    wanted, found = set(names), defaultdict[str, list[str]](list)
    for each in components:
        name = re.sub(r"[-_.]+", "-", each["name"]).lower()
        if name in wanted:
            found[_short(stated(each))].append(name)
    rows = [f"| {licence} | {', '.join(sorted(set(held)))} |" for licence, held in sorted(found.items(), key=_by_name)]
    return ["| as the package states it | packages |", "| --- | --- |", *rows]


def _by_name(entry: tuple[str, list[str]]) -> str:
    return entry[0].lower()


def _short(licences: list[str]) -> str:
    """Return the licences in one line: classifiers by their last part, and of a whole text its first line."""
    lines = (re.sub(r"^License :: (OSI Approved :: )?", "", each).strip().splitlines()[0] for each in licences)
    return "; ".join(dict.fromkeys(line.replace("|", "/") for line in lines if line != "OSI Approved"))


def in_images() -> set[str]:
    """Return the names of the packages that an image with the extra `video` installs."""
    return {
        name for lock in ("serve-cuda", "video") for name in blocks((LOCKS / f"{lock}.txt").read_text(encoding="utf-8"))
    }


def main() -> None:
    """Complete the document that the command line names; exit status 1 and a line each for what is refused."""
    file, notes = Path(sys.argv[1]), tomllib.loads(NOTES.read_text(encoding="utf-8"))
    document = json.loads(file.read_text(encoding="utf-8"))
    document["components"] = [completed(each, notes) for each in document["components"]]
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    refused = [(each, objection(each, notes["apart"])) for each in document["components"]]
    wrong = [f"{each['name']} {each.get('version', '')} {why}" for each, why in refused if why]
    if wrong:
        sys.exit("\n".join(wrong))
    if "--table" in sys.argv:
        print("\n".join(table(document["components"], in_images())))
    print(f"{file}: {len(document['components'])} packages, each under a licence that fits", file=sys.stderr)


if __name__ == "__main__":
    main()
