"""`corcal` as a process of its own: `python -m tests.cli.as_process HOW ARGS...`.

HOW is "works", or what goes wrong once the input has been read; "as-main" takes its arguments
from the process, as the installed command does.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import corcal.pipeline
import corcal.report
from corcal import __version__
from corcal.cli.main import main
from corcal.core.reading import Reading
from corcal.phantom import write_phantom
from corcal.testing import tiny_phantom

ROOT = Path(__file__).parents[2]

#: What a library might say of a file; must never reach the user's screen or log.
SECRET = "DOE^JANE 19510203"


def write_tiny(folder: Path) -> Path:
    """Write a tiny phantom with calcium in LAD and LCX as ct.nii.gz and labels.nii.gz."""
    write_phantom(tiny_phantom(4), folder, kind="nifti", version=__version__, force=False)
    return folder


def _fail(*_: object, **__: object) -> Reading:
    raise ValueError(f"cannot parse {SECRET}")


def _wait(*_: object, **__: object) -> Reading:
    sys.stderr.write("waiting\n")
    sys.stderr.flush()
    time.sleep(600)
    raise AssertionError


def _warn(*arguments: Any, **given: Any) -> Reading:
    warnings.warn(f"invalid value {SECRET}", stacklevel=1)
    return _measure(*arguments, **given)


def _talk(reading: Reading, out: Path, **_: object) -> None:
    out.mkdir(parents=True)
    (out / "report.json").write_text('"' + "x" * 3_000_000 + '"\n', encoding="utf-8")


def command(how: str, *arguments: str) -> list[str]:
    """Return the command line of a process."""
    return [sys.executable, "-m", "tests.cli.as_process", how, *arguments]


def run(how: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a process to its end."""
    return subprocess.run(
        command(how, *arguments), cwd=ROOT, capture_output=True, text=True, check=False
    )


_measure = corcal.pipeline.quantify_labels

if __name__ == "__main__":
    # A shell hands an ignored signal on to what it starts in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    how = sys.argv[1]
    actions = {"fails": _fail, "waits": _wait, "warns": _warn}
    corcal.pipeline.quantify_labels = actions.get(how, _measure)
    if how == "talks":
        vars(corcal.report)["write_reports"] = _talk
    if how == "as-main":
        sys.argv[1:] = sys.argv[2:]
        sys.exit(main())
    sys.exit(main(sys.argv[2:]))
