"""A connection to an SSH server: its address checked, its key pinned, its secrets read at the moment of use."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.http.public_address import UnsafeAddress
from connectors.http.public_transport import Reach
from connectors.http.secrets import UnusableSecret, read_text_secret
from connectors.target.errors import TargetAway, TargetRefused
from foundry.delivery.target import Secret, SftpTarget

if TYPE_CHECKING:
    import asyncssh

CONNECTING_S, SIGNING_IN_S, KEEP_ALIVE_S = 20, 30, 15
FAST_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
"""Preferred, since they take a fraction of the time that asyncssh needs for its own first choice, ChaCha20."""


@dataclass(frozen=True)
class SshPlace:
    """An SSH server, and the hosts that may be asked."""

    target: SftpTarget
    reach: Reach

    async def connect(self) -> asyncssh.SSHClientConnection:
        """Return a connection that is signed in.

        TargetRefused for a host out of reach, another host key than those pinned, and a refused sign-in; TargetAway if
        no address answers. Nothing of this machine's own SSH configuration, agent or keys is used.
        """
        import asyncssh

        asyncssh.set_log_level(logging.WARNING)
        fault = "no address answers"
        for address in self._addresses():
            try:
                return await asyncssh.connect(address, self.target.port, **self._options())
            except asyncssh.HostKeyNotVerifiable as error:
                what = f"{self.target.host} has another host key than those in host_keys"
                raise TargetRefused(self.target.id, what, "ask its operator, and pin the key that is right") from error
            except asyncssh.PermissionDenied:
                pass  # outside the handler: the error holds what was offered
            except asyncssh.KeyExchangeFailed as error:
                what = f"{self.target.host} has no key exchange or host key algorithm in common with this client"
                raise TargetRefused(self.target.id, what, "pin a key of another kind, or renew the server") from error
            except (OSError, asyncssh.Error, TimeoutError) as error:
                fault = f"no connection ({type(error).__name__})"
                continue
            raise TargetRefused(
                self.target.id, f"the sign-in of {self.target.user} was refused", "check user, password and private key"
            )
        raise TargetAway(self.target.id, f"{self.target.host}: {fault}")

    def _addresses(self) -> tuple[str, ...]:
        try:
            return self.reach.addresses(self.target.host, self.target.port)
        except UnsafeAddress as error:
            if "no address" in str(error):
                raise TargetAway(self.target.id, f"{self.target.host} has no address now") from error
            what = f"{self.target.host} leads to an address {error}"
            raise TargetRefused(self.target.id, what, "let the operator allow it with --private-host") from error

    def _options(self) -> dict[str, Any]:
        return {
            "username": self.target.user,
            "known_hosts": (self._host_keys(), [], []),
            "client_keys": self._client_keys(),
            "password": self._secret(self.target.password),
            "config": None,
            "agent_path": None,
            "connect_timeout": CONNECTING_S,
            "login_timeout": SIGNING_IN_S,
            "keepalive_interval": KEEP_ALIVE_S,
            "encryption_algs": "^" + ",".join(FAST_CIPHERS),
            "compression_algs": None,  # pictures and films do not become smaller
        }

    def _host_keys(self) -> list[asyncssh.SSHKey]:
        import asyncssh

        try:
            return [asyncssh.import_public_key(line) for line in self.target.host_keys]
        except asyncssh.KeyImportError as error:
            remedy = "write lines such as ssh-ed25519 AAAA..., as ssh-keyscan prints them without the host"
            raise TargetRefused(self.target.id, "a line of host_keys is no public key", remedy) from error

    def _client_keys(self) -> list[asyncssh.SSHKey] | None:
        """Return the private key; None, so that no other key is offered, where there is none."""
        import asyncssh

        text = self._secret(self.target.private_key)
        if text is None or self.target.private_key is None:
            return None
        variable = self.target.private_key.variable
        try:
            return [asyncssh.import_private_key(text.replace("\\n", "\n"))]
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            pass  # outside the handler: the error may hold parts of the key
        remedy = "give a key without a passphrase, in OpenSSH's or PEM form"
        raise TargetRefused(self.target.id, f"{variable} holds no private key", remedy)

    def _secret(self, secret: Secret | None) -> str | None:
        """Return a secret's value, which may have several lines; TargetRefused if it is not set."""
        if secret is None:
            return None
        try:
            return read_text_secret(secret.variable)
        except UnusableSecret as error:
            remedy = "set the variable where deliveries run"
            raise TargetRefused(self.target.id, f"{secret.variable} {error}", remedy) from error
