"""The Data Docs of a run in its tenant's store: a page for each suite, and the first page that names them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

import templates
from foundry.store.object_store import NoSuchObject, ObjectStore
from pipelines.catalog.validation.job import OUTCOMES
from pipelines.catalog.validation.outcome import SuiteOutcome

INDEX, KEPT = "index.html", "suites.json"
TEMPLATES = Path(templates.__file__).parent / "data_docs"


def keep_docs(own: ObjectStore, docs: str, catalog: str, outcomes: Sequence[SuiteOutcome], pages: Path) -> str:
    """Put the pages of outcomes into the folder `docs` of a store; return the object name of the first page.

    Suites that the folder has already stay, and those of the same names are replaced.
    """
    for each in outcomes:
        for ending in ("html", "json"):
            file = pages / f"{each.name}.{ending}"
            _replace(own, f"{docs}/{file.name}", file.read_bytes())
    new = {each.name: each for each in outcomes}
    suites = (*(each for each in read_outcomes(own, docs) if each.name not in new), *outcomes)
    _replace(own, f"{docs}/{KEPT}", OUTCOMES.dump_json(suites))
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    page = environment.get_template("index.html.j2").render(catalog=catalog, suites=suites)
    _replace(own, f"{docs}/{INDEX}", page.encode())
    return f"{docs}/{INDEX}"


def read_outcomes(own: ObjectStore, docs: str) -> tuple[SuiteOutcome, ...]:
    """Return the outcomes that a folder of Data Docs shows; none where it is not there."""
    try:
        return OUTCOMES.validate_json(own.get(f"{docs}/{KEPT}"))
    except NoSuchObject:
        return ()


def _replace(own: ObjectStore, name: str, data: bytes) -> None:
    with own.replacing(name) as file:
        file.write_bytes(data)
