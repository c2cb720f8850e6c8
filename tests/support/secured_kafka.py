"""The stack's Kafka with TLS, SCRAM users and ACLs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from infra.stack import Kafka, StackRefused
from tests.support.certificates import write_certificates

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-512"
_LOGIN_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule"
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass
class SecuredKafka(Kafka):
    """A broker that clients reach over TLS, where they sign in by SCRAM-SHA-512 and ACLs limit what they may do.

    users: name and password of each user; `admin` is one of them and may do everything.
    """

    users: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for user, password in self.users:
            if not (_PLAIN.fullmatch(user) and _PLAIN.fullmatch(password)):
                raise StackRefused(f"user {user!r}", "name and password are 1 to 100 letters, digits, `_`, `.`, `-`")
        if ADMIN not in dict(self.users):
            raise StackRefused("users", f"lack {ADMIN!r}, as whom the broker connects to itself; add it")

    @property
    def authority(self) -> Path:
        """The certificate of the authority that clients trust."""
        return self.home.folder / self.name / "tls" / "ca.pem"

    def client_options(self, user: str = ADMIN) -> dict[str, str]:
        """Return the options with which kafka-python's clients sign in as this user."""
        return super().client_options() | {
            "security_protocol": "SASL_SSL",
            "ssl_cafile": str(self.authority),
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": user,
            "sasl_plain_password": dict(self.users)[user],
        }

    def client_file(self, user: str = ADMIN) -> Path:
        """Write the client properties (`--command-config`) with which Kafka's own programs sign in; return the file."""
        path = self.properties.parent / f"client-{user}.properties"
        path.touch(mode=0o600)
        settings = {
            "security.protocol": "SASL_SSL",
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority),
            "sasl.mechanism": MECHANISM,
            "sasl.jaas.config": self._login(user),
        }
        path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        return path

    def prepare(self) -> None:
        write_certificates(self.authority.parent)
        super().prepare()

    def settings(self) -> dict[str, str]:
        """Return the broker's configuration; its controller's listener stays plain, as both are one process."""
        plain = super().settings()
        return plain | {
            "listener.security.protocol.map": plain["listener.security.protocol.map"].replace(
                "CLIENT:PLAINTEXT", "CLIENT:SASL_SSL"
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.authority.parent / "broker.pem"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority),
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            "listener.name.client.scram-sha-512.sasl.jaas.config": self._login(ADMIN),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
            "allow.everyone.if.no.acl.found": "false",
        }

    def format_arguments(self) -> tuple[str, ...]:
        """Return the arguments that store the users in the data folder."""
        return tuple(f"--add-scram={MECHANISM}=[name={user},password={password}]" for user, password in self.users)

    def _login(self, user: str) -> str:
        return f'{_LOGIN_MODULE} required username="{user}" password="{dict(self.users)[user]}";'
