"""The training of the embedded models in miniature: from nothing to a scored phantom in minutes.

    python examples/embedded_rehearsal.py OUT [--minutes 3]

Runs `corcal train default --minutes` with one worker on the CPU, loads what it exported, and scores
a phantom with it. Prints what each stage did and what was found. The numbers mean nothing; every
step is that of a real training. A locator that learnt for seconds may find no heart: then the
phantom's own heart is taken, and it is said. Needs `pip install ".[train]"`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from corcal.cli.main import main as run_corcal
from corcal.core.errors import InputRefused
from corcal.core.reading import Reading
from corcal.locate import EmbeddedLocator
from corcal.phantom import PhantomCase, PhantomOptions, make_case
from corcal.pipeline import score_scan
from corcal.segment import EmbeddedSegmenter
from corcal.storage import read_json_lines
from corcal.testing import TrueHeart

#: No training draws this phantom.
SEED = 900_001


def main() -> int:
    """Train, load, score."""
    parser = argparse.ArgumentParser(description="Rehearse the training of the embedded models.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=3.0)
    given = parser.parse_args()
    began = time.monotonic()
    words = ["--minutes", str(given.minutes), "--workers", "1", "--device-gb", "1"]
    code = run_corcal(["train", "default", *words, "--lesion-phantoms", "1", "-o", str(given.out)])
    print(f"trained in {time.monotonic() - began:.0f} of {60 * given.minutes:.0f} s")
    if code:
        return code
    for line in read_json_lines(given.out / "weights" / "log.jsonl"):
        print("  " + ", ".join(f"{name} {value}" for name, value in line.items()))
    case = make_case(SEED, options=PhantomOptions(spacing_mm=(2.0, 1.5, 1.5), thickness_mm=2.0))
    reading = score(case, given.out / "models")
    total = reading.report.score.agatston
    print(f"scored: Agatston {total:.0f}, true {sum(case.agatston.values()):.0f}")
    return 0


def score(case: PhantomCase, models: Path) -> Reading:
    """Score a phantom with these models, or with its own heart where they find none."""
    segmenter = EmbeddedSegmenter(models)
    try:
        return score_scan(case.scan, locator=EmbeddedLocator(models), segmenter=segmenter)
    except InputRefused as error:
        print(f"the trained locator does not serve yet ({error}); the phantom's own heart is taken")
        return score_scan(case.scan, locator=TrueHeart(case), segmenter=segmenter)


if __name__ == "__main__":
    sys.exit(main())
