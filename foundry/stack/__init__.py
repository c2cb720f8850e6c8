"""Kafka, Cloud Storage, Flink and Prism on this machine, without Docker.

    with running("kafka") as kafka:
        KafkaProducer(bootstrap_servers=kafka.bootstrap)

Nothing here downloads unless `fetch` is called.
"""

from foundry.stack.errors import MissingTool, NotFetched, NotReady, StackRefused
from foundry.stack.fetching import cache_folder, fetch, missing_tools
from foundry.stack.flink import Flink, JobServer, Workers
from foundry.stack.gcs import Gcs
from foundry.stack.home import Home, default_home
from foundry.stack.kafka import Kafka, Secured
from foundry.stack.prism import Prism
from foundry.stack.running import SERVERS, down, running, server, status, up
from foundry.stack.server import Server

__all__ = [
    "SERVERS",
    "Flink",
    "Gcs",
    "Home",
    "JobServer",
    "Kafka",
    "MissingTool",
    "NotFetched",
    "NotReady",
    "Prism",
    "Secured",
    "Server",
    "StackRefused",
    "Workers",
    "cache_folder",
    "default_home",
    "down",
    "fetch",
    "missing_tools",
    "running",
    "server",
    "status",
    "up",
]
