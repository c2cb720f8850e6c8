"""Settings of the connection to the brokers, from a file or an option; passwords only from the environment."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from foundry.documents.sentences import Wording, joined, parse_value, read_model
from foundry.errors import BadInput, Refusals, shorten

WORDING = Wording(whole="Kafka configuration", denial="no")
MAX_MESSAGE_BYTES = 6_000_000
"""5 MB for a brief; the rest for headers and the frame of the record."""


ADDRESS = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}")


class BusSettings(BaseModel):
    """Addresses of the brokers and the identity of this client: the content of the file that `--kafka-config` names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: str = Field(default="127.0.0.1:9092", description="host:port, several separated by commas.")
    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN", "OAUTHBEARER"] = Field(
        default="SCRAM-SHA-512", description="OAUTHBEARER: with this machine's identity at Google Cloud, no password."
    )
    user: str = Field(default="", description="Empty with OAUTHBEARER: the identity says who it is.")
    password_variable: str = Field(default="", description="Name of the environment variable that holds the password.")
    ca_file: str = Field(default="", description="PEM of the authority that signed the brokers' certificates.")
    certificate_file: str = Field(default="", description="This client's certificate, if brokers ask for one.")
    key_file: str = ""
    timeout_s: int = Field(default=30, ge=1, le=600)

    @field_validator("bootstrap")
    @classmethod
    def _check_addresses(cls, bootstrap: str) -> str:
        for address in bootstrap.split(","):
            if not ADDRESS.fullmatch(address.strip()):
                raise ValueError(f"{shorten(address)} is no address of a broker; give host:port, several by commas")
        return bootstrap

    @model_validator(mode="after")
    def _check_identity(self) -> BusSettings:
        keyless = self.mechanism == "OAUTHBEARER"
        if keyless and self.password_variable:
            raise ValueError("OAUTHBEARER takes no password; drop password_variable")
        if keyless and self.security != "SASL_SSL":
            raise ValueError(
                f"OAUTHBEARER sends a token that can be stolen, and security is {self.security}; use SASL_SSL"
            )
        if self.security.startswith("SASL") and not keyless and not (self.user and self.password_variable):
            raise ValueError(f"{self.security} needs user and password_variable; add both")
        if not self.security.startswith("SASL") and self.user:
            raise ValueError(f"{self.security} takes no user, but user is {self.user!r}; use SASL_SSL or drop the user")
        return self

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Host and port of each broker."""
        parts = (one.strip().rpartition(":") for one in self.bootstrap.split(","))
        return tuple((host.strip("[]"), int(port)) for host, _, port in parts)

    @property
    def identity(self) -> str:
        """The name of this client for the brokers, as errors show it."""
        keyless = "this machine's identity" if self.mechanism == "OAUTHBEARER" else ""
        return self.user or keyless or self.certificate_file or "nobody"

    def client(self) -> dict[str, Any]:
        """Return the options of kafka-python's clients; BadInput if the variable of the password is not set."""
        options: dict[str, Any] = {
            "bootstrap_servers": [one.strip() for one in self.bootstrap.split(",")],
            "security_protocol": self.security,
            "client_id": "campaign-foundry",
            "bootstrap_timeout_ms": 1000 * self.timeout_s,
        }
        if self.security.startswith("SASL"):
            options |= {"sasl_mechanism": self.mechanism, **self._credentials()}
        files = {"ssl_cafile": self.ca_file, "ssl_certfile": self.certificate_file, "ssl_keyfile": self.key_file}
        return options | {name: file for name, file in files.items() if file}

    def _credentials(self) -> dict[str, Any]:
        if self.mechanism == "OAUTHBEARER":
            from pipelines.bus.google_identity import GoogleTokens, google_credentials, token_provider

            return {"sasl_oauth_token_provider": token_provider(GoogleTokens(google_credentials(), self.user))}
        return {"sasl_plain_username": self.user, "sasl_plain_password": self._password()}

    def _password(self) -> str:
        if not os.environ.get(self.password_variable):
            raise BadInput(
                "kafka", f"the environment variable {self.password_variable} holds no password for {self.user}; set it"
            )
        return os.environ[self.password_variable]


def bus_settings(bootstrap: str | None, file: Path | None) -> BusSettings:
    """Return the settings of a file, with `bootstrap` in place of its brokers if given; BadInput if they are wrong."""
    given = {"bootstrap": bootstrap} if bootstrap else {}
    if file:
        return read_model(file, BusSettings, WORDING, **given)
    try:
        return parse_value(BusSettings, given, WORDING)
    except Refusals as refused:
        raise BadInput("--bootstrap", f"is no Kafka configuration: {joined(refused)}") from refused
