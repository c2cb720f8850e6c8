"""Precision, recall and cost of every judge of a screen card, on the labelled set.

python -m benchmarks.screening [--renders 180] [--card guardian]

Milliseconds are CPU time of one thread per picture of 512 x 512 px.
"""

from __future__ import annotations

import argparse

from lab.evaluation.judge_scores import JudgeScore, likeness_curve, score_judges
from models.registry import card
from models.screening.context import ScreenContext
from models.screening.screen import Screen


def main(arguments: list[str] | None = None) -> None:
    """Print the table, and below it what each judge got wrong, by source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renders", type=int, default=180)
    parser.add_argument("--card", default="guardian@1")
    asked = parser.parse_args(arguments)
    screen = Screen(card(asked.card, "screen"), ScreenContext()).load()
    print("| judge | faulty | good | precision | recall | own renders refused | limit | ms |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    mistakes = {}
    for judged in score_judges(screen, asked.renders):
        print(_line(judged), flush=True)
        mistakes[judged.name] = judged.wrong
    if "likeness" in mistakes:
        print("\n| likeness limit | edits found | good refused |\n| --- | --- | --- |")
        print("\n".join(likeness_curve(screen, asked.renders)), end="\n\n")
    for name, wrong in mistakes.items():
        print(f"{name}: wrong on {dict(sorted((source, wrong.count(source)) for source in set(wrong)))}")


def _line(judged: JudgeScore) -> str:
    score = judged.score
    precision = "none refused" if score.precision is None else f"{score.precision:.3f}"
    recall = "not measured" if score.recall is None else f"{score.recall:.3f}"
    cells = (
        judged.name, score.caught + score.missed, score.false_alarms + score.passed, precision, recall,
        f"{score.own_refused} of {score.own}", judged.limit, f"{1000 * score.seconds:.1f}",
    )  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
