"""The small campaign on an engine, and what it left in its store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foundry.store.object_store import LocalStore
from infra.stack import Flink, JobServer, Workers
from pipelines.campaign.flow import build_all
from pipelines.engines.engine import Engine, EngineSettings, FlinkSettings, choose_engine
from pipelines.planning.admission import Admitted
from tests.pipelines.engines.logged import LoggedPainter, drawn
from tests.support.briefs import admitted
from tests.support.stored import objects


def on_flink(jobs: JobServer, parallelism: int, accelerator: bool = False) -> Engine:
    """The stack's Flink; with `accelerator`, its pool is also named as that of the accelerator stage."""
    pool = Workers(jobs.home).endpoint
    flink = FlinkSettings(
        job_endpoint=jobs.endpoint,
        worker_pool=pool,
        accelerator_pool=pool if accelerator else None,
        rest=Flink(jobs.home).rest,
        parallelism=parallelism,
    )
    return choose_engine("flink", EngineSettings(flink=flink))


@dataclass(frozen=True)
class Campaign:
    """A campaign of painted shots whose drawing takes time and is written down, with its store in a folder."""

    folder: Path
    each: Admitted
    seconds: float

    @classmethod
    def of(cls, folder: Path, *, alternatives: int, seconds: float) -> Campaign:
        """Two shots an alternative; each takes so many seconds to draw."""
        return cls(folder, admitted(folder, alternatives=alternatives), seconds)

    def build(self, where: Engine | None) -> dict[str, bytes]:
        """Make what is missing; all objects."""
        orders = [(self.each.plan, self.each.inputs)]
        painter = LoggedPainter(self.folder / "drawn", self.seconds)
        outcome = build_all(orders, LocalStore(self.folder / "store"), generator=painter, engine=where)
        made = outcome[self.each.plan.digest]
        assert (made.rows, made.letters) == (self.each.plan.variant_count, ())
        return self.objects()

    def objects(self) -> dict[str, bytes]:
        """All objects that are there now."""
        return objects(self.folder / "store")

    def shots(self) -> set[str]:
        """The names of all its shots."""
        return {shot.name for shot in self.each.plan.shots()}

    def finished(self) -> set[str]:
        """The names of the shots whose master is there and recorded."""
        own = LocalStore(self.folder / "store").for_tenant(self.each.plan.tenant.id)
        return {shot.name for shot in self.each.plan.shots() if own.exists(shot.record)}

    def drawn(self) -> list[tuple[str, int]]:
        """(shot, process) for each time that a shot was drawn to its end."""
        return drawn(self.folder / "drawn")
