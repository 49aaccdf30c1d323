"""`corcal cohort` on tiny models: `python -m tests.cohort.as_process SCANS... -o OUT ...`.

The models are put in by Python, not by an option of the command.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from unittest.mock import patch

import corcal.cohort
from corcal.cli.main import main
from corcal.cohort.plan import Plan
from tests.cohort.tiny import SETTINGS, TinyModels


def _plan(out: Path, _settings: object, _models: object, keep: str, _grading: object) -> Plan:
    return Plan(out, SETTINGS, TinyModels(), keep)


if __name__ == "__main__":
    # A shell hands an ignored signal on to what it starts in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with patch.object(corcal.cohort, "Plan", _plan):
        sys.exit(main(["cohort", *(a for a in sys.argv[1:] if a != "cohort")]))
