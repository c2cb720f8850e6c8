"""Errors of the local stack."""

from __future__ import annotations

from foundry.errors import BadInput, FoundryError, Outage


class StackRefused(BadInput):
    """A request for something that the stack does not have or must not do."""

    code = "stack_refused"


class MissingTool(FoundryError):
    """A program that a server needs is not installed on this machine."""

    code = "missing_tool"

    def __init__(self, server: str, program: str, package: str) -> None:
        super().__init__(server, program, package)
        self.server, self.program, self.package = server, program, package

    def __str__(self) -> str:
        return f"{self.server} needs the program {self.program}; install the package {self.package}"


class NotFetched(FoundryError):
    """The files of a server are not in the cache; only `foundry stack fetch` downloads them."""

    code = "not_fetched"

    def __init__(self, server: str, folder: str) -> None:
        super().__init__(server, folder)
        self.server, self.folder = server, folder

    def __str__(self) -> str:
        return f"{self.server} is not in {self.folder}; run `foundry stack fetch {self.server}`"


class FetchFailed(Outage):
    """A download failed, or its files differ from the pinned ones."""

    code = "fetch_failed"

    def __init__(self, server: str, what: str) -> None:
        super().__init__(server, what)
        self.server, self.what = server, what

    def __str__(self) -> str:
        return (
            f"{self.server}: {self.what}. Run `foundry stack fetch {self.server}` again; it continues where it stopped."
        )


class NotReady(Outage):
    """A server did not answer in time, or its process ended."""

    code = "not_ready"

    def __init__(self, server: str, what: str, log: str, tail: str) -> None:
        super().__init__(server, what, log, tail)
        self.server, self.what, self.log, self.tail = server, what, log, tail

    def __str__(self) -> str:
        last_lines = "\n".join(f"  | {line}" for line in self.tail.splitlines()) or "  | (nothing)"
        return (
            f"{self.server} is not ready: {self.what}. Its log {self.log} ends with\n{last_lines}\n"
            f"Run `foundry stack down {self.server}`, fix the cause that the log names, and start it again."
        )
