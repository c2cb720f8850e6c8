"""The program `foundry`. It handles signals before it imports the commands, which takes most of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.starting import run_program

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Run a command and end the process."""
    run_program(_load)


def _load() -> typer.Typer:
    from console.cli import app

    return app


if __name__ == "__main__":
    main()
