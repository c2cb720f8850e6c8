"""Outside texts have one reader: modules parse YAML or JSON on their own only where it is the project's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ("connectors", "console", "foundry", "imaging", "infra", "lab", "models", "pipelines", "transforms")
OWN_JSON = {
    "connectors/http": "bounded answers of other services, judged field by field",
    "console/channels.py": "copies a value that it has just made",
    "foundry/box": "frames between the box's own processes, bounded by the box",
    "foundry/catalog/run_book.py": "records that this project wrote, validated by a model",
    "foundry/catalog/reading/json_items.py": "lines of feeds, bounded in size, judged attribute by attribute",
    "foundry/catalog/reading/frames.py": "what a process of this project sends, held to sizes and columns",
    "foundry/catalog/reading/program.py": "a job that this project wrote",
    "foundry/documents": "the reader itself",
    "foundry/catalog/state.py": "a state that this project wrote, validated by a model",
    "foundry/finished.py": "records that this project wrote",
    "foundry/inputs/gltf_check.py": "runs in the box, under its limits",
    "foundry/log_lines.py": "lines of this project's own log",
    "foundry/manifest.py": "records that this project wrote",
    "foundry/manifest_index.py": "records that this project wrote, validated by a model",
    "foundry/plan/clip.py": "records that this project wrote",
    "foundry/plan/plan_book.py": "plans that this project wrote, held to their hash and validated by a model",
    "foundry/quota.py": "books that this project wrote",
    "foundry/store/lease.py": "leases that this project wrote, read field by field",
    "infra": "the local stack and the supply, which no client reaches",
    "lab": "what training and evaluation wrote",
    "models/blender/scene.py": "a job that this project wrote, in a Python without this project",
    "models/sets/renderer/worker.py": "requests that this project wrote, validated by a model",
    "models/registry/safetensors_header.py": "a header that the safetensors library has accepted",
    "models/remote": "bounded answers of vendors, judged field by field",
    "models/registry/hub.py": "bounded answers of the hub, validated by a model",
    "pipelines/catalog/announcing.py": "events that this project wrote",
    "pipelines/catalog/batches.py": "notes on products that this project wrote",
    "pipelines/catalog/event_log.py": "events that this project wrote",
    "pipelines/catalog/picture_book.py": "records that this project wrote, validated by a model",
    "pipelines/catalog/records.py": "records that this project wrote, validated by a model",
    "pipelines/catalog/results.py": "records that this project wrote, validated by a model",
    "pipelines/catalog/validation": "what this project's own processes for suites say to one another",
    "pipelines/catalog/due_runs.py": "claims and notes that this project wrote",
    "pipelines/campaign/explain.py": "records that this project wrote",
    "pipelines/delivery": "asks and events that this project wrote",
    "pipelines/dispatcher/announcing.py": "events that this project wrote",
    "pipelines/engines/flink_metrics.py": "bounded answers of the operator's own Flink, judged field by field",
    "transforms": "records that this project wrote",
}


def calls() -> Iterator[tuple[str, str]]:
    """Yield the module and the name of each call that parses a text."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                if is_parser(name):
                    yield path.relative_to(ROOT).as_posix(), name


def is_parser(name: str) -> bool:
    loads_yaml = name.split(".", maxsplit=1)[0] == "yaml" and "load" in name.lower()
    return loads_yaml or name in ("json.loads", "json.load") or name.endswith("validate_json")


def test_yaml_is_parsed_in_one_place() -> None:
    found = {module for module, name in calls() if name.startswith("yaml")}
    assert all(module.startswith("foundry/documents/") for module in found), found


def test_json_is_parsed_elsewhere_only_where_it_is_the_projects_own_or_bounded() -> None:
    foreign = {module for module, _ in calls() if not any(module.startswith(own) for own in OWN_JSON)}
    assert foreign == set()
