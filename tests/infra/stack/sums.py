"""A small pipeline with a shuffle, whose workers write what they found as files."""

from __future__ import annotations

from pathlib import Path

COUNT, KEYS = 100, 7


def keyed(number: int) -> tuple[int, int]:
    return number % KEYS, number


def write(group: tuple[int, list[int]], folder: str) -> None:
    (Path(folder) / str(group[0])).write_text(str(sum(group[1])))


def run(options: list[str], folder: Path) -> dict[str, int]:
    """Sum the numbers below 100 by their remainder by 7; the sums that the workers wrote."""
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions

    folder.mkdir()
    with beam.Pipeline(options=PipelineOptions(options)) as pipeline:
        numbers = pipeline | beam.Create(range(COUNT)) | "Key" >> beam.Map(keyed)
        numbers | beam.GroupByKey() | "Write" >> beam.Map(write, folder=str(folder))
    return {path.name: int(path.read_text()) for path in folder.iterdir()}


def expected() -> dict[str, int]:
    """The same sums, by arithmetic."""
    return {str(key): sum(range(key, COUNT, KEYS)) for key in range(KEYS)}
