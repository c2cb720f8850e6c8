"""`foundry serve`: make campaigns from the briefs topic, refresh catalogs, or deliver, until told to stop."""

from __future__ import annotations

from typing import Annotated

import typer

from console.settings import (
    Blender,
    Bootstrap,
    Cards,
    EngineConfig,
    EngineName,
    ExpireRemoved,
    FilesFolder,
    KafkaConfig,
    PrivateHosts,
    Store,
    TargetFolders,
    TenantsFolder,
)
from foundry.errors import BadInput


def serve(
    store: Store,
    tenants: TenantsFolder,
    files: FilesFolder,
    cards: Cards = None,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
    group: Annotated[
        str, typer.Option(envvar="FOUNDRY_GROUP", help="Consumer group; dispatchers of one group share the work.")
    ] = "campaign-foundry",
    host: Annotated[
        str, typer.Option(envvar="FOUNDRY_HOST", help="Address that serves /live, /ready and /metrics.")
    ] = "127.0.0.1",
    http_port: Annotated[
        int, typer.Option(envvar="FOUNDRY_HTTP_PORT", min=0, max=65535, help="Port of that address; 0: a free one.")
    ] = 8080,
    round_cost: Annotated[
        int,
        typer.Option(
            envvar="FOUNDRY_ROUND_COST", min=20, help="The most that one round makes, in files; a shot counts as ten."
        ),
    ] = 400,
    tenant_jobs: Annotated[
        int, typer.Option(envvar="FOUNDRY_TENANT_JOBS", min=1, help="The most campaigns of one tenant in a round.")
    ] = 8,
    backlog: Annotated[
        int,
        typer.Option(envvar="FOUNDRY_BACKLOG", min=1, help="Unfinished briefs to hold before partitions are paused."),
    ] = 256,
    admission_seconds: Annotated[
        float,
        typer.Option(
            envvar="FOUNDRY_ADMISSION_SECONDS", min=1, help="Seconds after which the check of a brief is ended."
        ),
    ] = 60,
    admission_memory: Annotated[
        int,
        typer.Option(
            envvar="FOUNDRY_ADMISSION_MEMORY", min=64, help="MB of memory that the check of a brief may take."
        ),
    ] = 2048,
    admission_workers: Annotated[
        int,
        typer.Option(
            envvar="FOUNDRY_ADMISSION_WORKERS", min=2, help="Briefs that are checked at once; of a tenant always one."
        ),
    ] = 2,
    patience: Annotated[
        float,
        typer.Option(
            envvar="FOUNDRY_PATIENCE", min=1, help="Seconds that broker or engine may be away before the process ends."
        ),
    ] = 300,
    blender: Blender = "",
    engine: EngineName = "embedded",
    engine_config: EngineConfig = None,
    reports: Annotated[
        bool, typer.Option(envvar="FOUNDRY_REPORTS", help="Write each campaign's report for people.")
    ] = True,
    catalog: Annotated[
        bool,
        typer.Option(
            "--catalog", envvar="FOUNDRY_CATALOG", help="Refresh the catalogs of all tenants, and make no campaigns."
        ),
    ] = False,
    catalogs_at_once: Annotated[
        int,
        typer.Option(envvar="FOUNDRY_CATALOGS_AT_ONCE", min=1, max=64, help="Catalogs that are refreshed at once."),
    ] = 1,
    delivery: Annotated[
        bool,
        typer.Option(
            "--delivery",
            envvar="FOUNDRY_DELIVERY",
            help="Deliver to the targets of all tenants, and make no campaigns.",
        ),
    ] = False,
    targets_at_once: Annotated[
        int,
        typer.Option(envvar="FOUNDRY_TARGETS_AT_ONCE", min=1, max=64, help="Targets that are delivered to at once."),
    ] = 8,
    folders: TargetFolders = None,
    private_host: PrivateHosts = None,
    expire_removed: ExpireRemoved = False,
) -> None:
    """Make campaigns from the briefs topic. SIGTERM finishes the round and exits; a second one exits at once.

    With --catalog, refresh catalogs when they are due, and the items that come on catalog.changed if brokers are given.
    With --delivery, deliver files that are finished, and expire those that are withdrawn.
    """
    from pipelines.bus.settings import bus_settings
    from pipelines.dispatcher.logs import log_as_json

    if catalog and delivery:
        raise BadInput("--delivery", "and --catalog are two processes; start one for each")
    if delivery:
        from console.delivering import delivery_setting
        from pipelines.delivery.delivering import deliver
        from pipelines.delivery.serving import DeliveryServeOptions, DeliveryServer

        log_as_json()
        targets = DeliveryServeOptions(
            setting=delivery_setting(store, tenants, folders, private_host, expire_removed=expire_removed),
            group=group,
            at_once=targets_at_once,
            host=host,
            http_port=http_port,
            bus=bus_settings(bootstrap, config) if bootstrap or config else None,
        )
        DeliveryServer(targets, deliver).run()
        return
    if catalog:
        from pipelines.campaign.shared_run import RunOptions
        from pipelines.catalog.refresh import refresh, refresh_rows
        from pipelines.catalog.serving import CatalogServeOptions, CatalogServer, Work
        from pipelines.catalog.setting import CatalogSetting

        log_as_json()
        means = RunOptions(blender=blender, engine=engine, engine_config=engine_config)
        catalogs = CatalogServeOptions(
            setting=CatalogSetting(store=store, tenants=tenants, files=files, cards=cards, options=means),
            group=group,
            at_once=catalogs_at_once,
            host=host,
            http_port=http_port,
            bus=bus_settings(bootstrap, config) if bootstrap or config else None,
        )
        CatalogServer(catalogs, Work(refresh, refresh_rows)).run()
        return
    from pipelines.dispatcher.admission import Folders
    from pipelines.dispatcher.admission_desk import AdmissionLimits
    from pipelines.dispatcher.scheduler import Limits
    from pipelines.dispatcher.serving import ServeOptions
    from pipelines.dispatcher.serving import serve as run_dispatcher

    log_as_json()
    options = ServeOptions(
        store=store,
        folders=Folders(tenants, files, cards),
        group=group,
        limits=Limits(cost=round_cost, tenant_jobs=tenant_jobs),
        backlog=backlog,
        admission=AdmissionLimits(seconds=admission_seconds, memory=admission_memory << 20, workers=admission_workers),
        patience_s=patience,
        host=host,
        http_port=http_port,
        blender=blender,
        reports=reports,
        engine=engine,
        engine_config=engine_config,
    )
    run_dispatcher(bus_settings(bootstrap, config), options)
