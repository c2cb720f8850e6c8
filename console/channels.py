"""`foundry channels`: list placements, show one in full, and check files against them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from rich.table import Table
from rich.text import Text

from console.exit_codes import Exit
from console.printing import Terminal, say
from console.settings import options_written
from foundry.errors import BadInput

if TYPE_CHECKING:
    from foundry.channel.inspection import FileFacts
    from foundry.channel.inspection.verdict import Verdict
    from foundry.channel.placement import Placement

channels_app = typer.Typer(invoke_without_command=True, help="List placements, and check files against them.")
PIPED_COLUMNS = 180
UNMARKED = ("name", "title", "family", "bucket")

Family = Annotated[str | None, typer.Option(help="Only this family of layouts.")]
Channel = Annotated[str | None, typer.Option(help="Only this channel.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON; for checks, one line a file.")]


@channels_app.callback()
def channels(context: typer.Context, family: Family = None, channel: Channel = None, as_json: AsJson = False) -> None:
    """List the placements and sets, or run a command on them."""
    if context.invoked_subcommand is None:
        list_channels(family, channel, as_json)
    elif options_written(context):
        raise BadInput("options", f"come before {context.invoked_subcommand}; write them after it")


@channels_app.command("list")
def list_channels(family: Family = None, channel: Channel = None, as_json: AsJson = False) -> None:
    """List the placements with their pixels, formats and limits, and the named sets."""
    from foundry.channel.placement import placement_sets

    found, sets = _select(family, channel), placement_sets()
    if as_json:
        dump = {p.name: p.model_dump(mode="json") for p in found}
        say(json.dumps({"placements": dump, "sets": sets}, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for title in ("placement", "pixels", "formats", "bytes", "seconds", "family", "figures", "title"):
        table.add_column(title, overflow="fold")
    for placement in found:
        table.add_row(*_row(placement))
    out = _screen()
    out.print(table)
    for name, members in sets.items() if not family and not channel else ():
        out.print(Text.assemble((name, "bold"), f": {', '.join(members)}"))


@channels_app.command()
def show(name: Annotated[str, typer.Argument(metavar="PLACEMENT")], as_json: AsJson = False) -> None:
    """Show everything about PLACEMENT: every figure, its source, and the day when it was read."""
    from foundry.channel.placement import resolve_placements

    for placement in resolve_placements([name]):
        if as_json:
            say(json.dumps(placement.model_dump(mode="json"), ensure_ascii=False))
            continue
        table = Table("field", "value", "figure is", box=None, pad_edge=False)
        for row in _fields(placement):
            table.add_row(*row)
        _screen().print(table)


@channels_app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Pictures, films, PDF pages, made here or elsewhere.")],
    placement: Annotated[
        str | None, typer.Option(help="Check against this placement or set; default: against all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print which placements take each of FILES, and the faults for those that nearly do.

    The exit code is 2 if a file is refused.
    """
    from foundry.channel.inspection import CannotRead
    from foundry.channel.inspection.foreign import inspect_foreign

    refused = False
    for file in files:
        try:
            found = inspect_foreign(file)
        except CannotRead as error:
            refused = True
            fields = {"file": str(file), "refused": str(error), "code": error.code}
            say(json.dumps(fields, ensure_ascii=False) if as_json else f"{file}: refused. {error}")
            continue
        judged = _judge(file, found, placement)
        refused = refused or not judged.taken_by
        if as_json:
            say(json.dumps(_as_json(judged), ensure_ascii=False))
        else:
            _print(judged)
    if refused:
        raise typer.Exit(Exit.REFUSED)


def _screen() -> Terminal:
    """Return a console for results; where it is no terminal, it is wide enough that tables are not folded."""
    piped = Terminal()
    return piped if piped.is_terminal else Terminal(width=PIPED_COLUMNS)


def _select(family: str | None, channel: str | None) -> list[Placement]:
    from foundry.channel.placement import placements

    every = placements().values()
    if family and family not in {p.family for p in every}:
        raise BadInput("--family", f"no placement is of the family {family!r}; see `foundry channels list`")
    if channel and channel not in {p.channel for p in every}:
        raise BadInput("--channel", f"no placement is of the channel {channel!r}; see `foundry channels list`")
    return [p for p in every if family in (None, p.family) and channel in (None, p.channel)]


def _row(p: Placement) -> tuple[str, ...]:
    seconds = "-".join(dict.fromkeys(f"{value:f}" for value in p.motion.seconds)) if p.motion else ""
    pixels, formats = f"{p.width_px}x{p.height_px}", "/".join(p.formats)
    return (p.name, pixels, formats, f"{p.max_bytes:,}", seconds, p.family, p.confidence, p.title)


def _fields(placement: Placement) -> list[tuple[str, str, str]]:
    """Return field, value and mark of all fields, also nested ones, and at the end the source of the figures."""
    rows: list[tuple[str, str, str]] = []
    dump = placement.model_dump(mode="json", exclude={"marks", "confidence", "source", "read_on"}, exclude_none=True)
    for field, value in dump.items():
        if value in ([], 0):
            continue
        parts = {f"{field}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {field: value}
        rows += [(path, _text(part), "" if path in UNMARKED else placement.mark(path)) for path, part in parts.items()]
    rows += [("source", placement.source, ""), ("read_on", placement.read_on.isoformat(), "")]
    return rows


def _text(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


class _Judged(NamedTuple):
    """A file that was read, with the verdicts of the placements that take it and of those that do not."""

    file: Path
    facts: FileFacts
    taken_by: list[Verdict]
    not_taken_by: list[Verdict]


def _judge(file: Path, facts: FileFacts, name: str | None) -> _Judged:
    from foundry.channel.inspection.verdict import judge, verdicts
    from foundry.channel.placement import placements, resolve_placements

    if name is None:
        return _Judged(file, facts, *verdicts(facts, placements().values()))
    judged = [judge(facts, placement) for placement in resolve_placements([name])]
    return _Judged(file, facts, [v for v in judged if v.taken], [v for v in judged if not v.taken])


def _print(judged: _Judged) -> None:
    say(f"{judged.file}: {_describe(judged.facts)}")
    for verdict in judged.taken_by:
        say(f"  taken by {verdict.placement.name}")
        for finding in verdict.advice:
            say(f"    advice: {finding}")
    for verdict in judged.not_taken_by:
        say(f"  not taken by {verdict.placement.name}")
        for finding in verdict.faults:
            say(f"    {finding}")


def _describe(found: FileFacts) -> str:
    parts = [found.format, f"{found.size_bytes:,} bytes"]
    if found.width_px:
        parts.insert(1, f"{found.width_px}x{found.height_px}")
    if found.moving:
        parts.append(f"{found.moving.codec}, {found.moving.seconds:.2f} s, {float(found.moving.rate):.6g} fps")
        parts.append(f"{found.sound.codec} sound" if found.sound else "no sound")
    elif found.picture:
        alpha = " with alpha" if found.picture.alpha else ""
        parts.append(
            f"{found.picture.colour}{alpha}, {found.picture.bits} bits, profile {found.picture.profile or 'none'}"
        )
    elif found.page:
        parts.append(f"{found.page.width_mm:.1f} x {found.page.height_mm:.1f} mm")
    return ", ".join(parts)


def _as_json(judged: _Judged) -> dict[str, Any]:
    return {
        "file": str(judged.file),
        "found": json.loads(json.dumps(asdict(judged.facts), default=str)),
        "taken_by": [_verdict(verdict) for verdict in judged.taken_by],
        "not_taken_by": [_verdict(verdict) for verdict in judged.not_taken_by],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    findings = [asdict(finding) for finding in verdict.findings if not finding.passed]
    return {"placement": verdict.placement.name, "findings": findings}
