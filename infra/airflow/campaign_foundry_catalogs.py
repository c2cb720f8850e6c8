"""Airflow DAGs that refresh catalogs of campaign-foundry: one for each entry of the variable `foundry_catalogs`.

The variable is JSON; schedule and timezone are those of the catalog's file:

    {"store": "gs://foundry-assets", "tenants": "/etc/foundry/tenants", "files": "/etc/foundry/files",
     "catalogs": [{"tenant": "aurelle", "catalog": "shoes", "schedule": "30 2 * * *", "timezone": "Europe/Berlin"}]}

The worker needs `foundry` on its path. With the executors for Kubernetes, give `pod_override` the project's image. A
task that is tried again goes on with the same run, because the run is named for the catalog's own occurrence. Exit
codes that another try cannot change (refused, partly failed, not allowed) fail the task at once. For Airflow 3.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pendulum
from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import DAG, Variable, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.timetables.trigger import CronTriggerTimetable

VARIABLE = "foundry_catalogs"
FINAL = {2: "was refused, or a gate stopped it", 3: "left files that failed", 5: "may not do what it needs"}
"""Exit codes of `foundry` after which another try would end alike; docs/reference/command-line.md lists all of them."""
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def command(settings: dict[str, Any], tenant: str, catalog: str) -> list[str]:
    """Return the command line that makes the run of a catalog's newest occurrence."""
    for name in (tenant, catalog):
        if not SLUG.fullmatch(name):
            raise ValueError(f"{name!r} is no id of campaign-foundry; correct the variable {VARIABLE}")
    words = ["foundry", "catalog", "refresh", f"{tenant}/{catalog}", "--scheduled"]
    words += [f"--store={settings['store']}", f"--tenants={settings['tenants']}"]
    return words + ([f"--assets={settings['files']}/{tenant}"] if settings.get("files") else [])


@task(retries=2, retry_delay=timedelta(minutes=5), retry_exponential_backoff=True)
def refresh(words: list[str]) -> None:
    """Run the command, and fail for good after an exit code that another try cannot change."""
    done = SubprocessHook().run_command(words)
    if done.exit_code in FINAL:
        raise AirflowFailException(f"{' '.join(words[:4])} {FINAL[done.exit_code]}: {done.output}")
    if done.exit_code:
        raise RuntimeError(f"{' '.join(words[:4])} ended with {done.exit_code}: {done.output}")


def dag_of(settings: dict[str, Any], entry: dict[str, str]) -> DAG:
    """Return the DAG of one catalog: one run at a time, and after missed ones only the newest."""
    zone = entry.get("timezone", "UTC")
    with DAG(
        dag_id=f"foundry-catalog-{entry['tenant']}-{entry['catalog']}",
        schedule=CronTriggerTimetable(entry["schedule"], timezone=zone),
        start_date=pendulum.datetime(2026, 1, 1, tz=zone),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=8),
        tags=["campaign-foundry", entry["tenant"]],
        doc_md="Refreshes one catalog; `foundry catalog status` shows its runs.",
    ) as dag:
        refresh(command(settings, entry["tenant"], entry["catalog"]))
    return dag


told: dict[str, Any] = Variable.get(VARIABLE, default={}, deserialize_json=True) or {}
for each in told.get("catalogs", ()):
    globals()[f"{each['tenant']}_{each['catalog']}"] = dag_of(told, each)
