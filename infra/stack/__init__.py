"""Kafka, Cloud Storage, Flink and Prism as processes of this machine, without Docker.

    with running("kafka") as kafka:
        KafkaProducer(bootstrap_servers=kafka.bootstrap)

Only `fetch` downloads. Imports foundry.errors.
"""

from infra.stack.control import SERVERS, down, environment, find_server, running, status, up
from infra.stack.errors import MissingTool, NotFetched, NotReady, StackRefused
from infra.stack.fetching import cache_folder, fetch, missing_tools
from infra.stack.flink import Flink, JobServer, Workers
from infra.stack.gcs import Gcs
from infra.stack.home import StackHome, default_home
from infra.stack.kafka import Kafka
from infra.stack.prism import Prism
from infra.stack.server import Server

__all__ = [
    "SERVERS",
    "Flink",
    "Gcs",
    "JobServer",
    "Kafka",
    "MissingTool",
    "NotFetched",
    "NotReady",
    "Prism",
    "Server",
    "StackHome",
    "StackRefused",
    "Workers",
    "cache_folder",
    "default_home",
    "down",
    "environment",
    "fetch",
    "find_server",
    "missing_tools",
    "running",
    "status",
    "up",
]
