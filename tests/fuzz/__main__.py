"""Many mutants, in processes of their own whose memory is bounded; goes on where it was stopped.

python -m tests.fuzz --mutants 100000 --state FOLDER

FOLDER/count.json holds how many were tried and what became of them, FOLDER/findings.csv every
mutant that was neither read rightly nor refused: its format, its seed, and where it went wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from dataclasses import astuple
from multiprocessing.connection import Connection
from pathlib import Path

from corcal.storage import csv_bytes, json_bytes, read_csv, read_json, replace_file
from tests.fuzz.files import whole
from tests.fuzz.mutants import KINDS, Verdict, kind_of, try_mutant

#: What a process may take beyond what it holds when it begins: the bound on a mutant's memory.
_MORE_BYTES = 1 << 30
#: Mutants of one process, and between two lines of the count.
_BATCH = 500
#: A process that says nothing for so long is ended.
_SECONDS = 180


def main() -> int:
    """Try mutants up to a number; return 1 where something was wrong, now or before."""
    arguments = _arguments()
    folder: Path = arguments.state
    folder.mkdir(parents=True, exist_ok=True)
    counts, findings = _state(folder)
    for kind in KINDS:
        whole(kind)
    ends = time.monotonic() + arguments.minutes * 60
    while sum(counts.values()) < arguments.mutants and time.monotonic() < ends:
        start = sum(counts.values())
        for verdict in _batch(start, min(start + _BATCH, arguments.mutants)):
            counts[f"{verdict.kind} {verdict.word}"] += 1
            if not verdict.sound:
                findings.append(verdict)
        _write(folder, counts, findings)
        print(f"{sum(counts.values())} mutants, {len(findings)} findings", flush=True)
    return 1 if findings else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--mutants", type=int, default=100_000, help="tried in all, with earlier")
    parser.add_argument("--state", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so many")
    return parser.parse_args()


def _state(folder: Path) -> tuple[Counter[str], list[Verdict]]:
    if not (folder / "count.json").exists():
        return Counter(), []
    counts: Counter[str] = Counter(read_json(folder / "count.json"))
    rows = read_csv(folder / "findings.csv").rows if (folder / "findings.csv").exists() else ()
    found = [
        Verdict(r.text("kind"), r.integer("seed"), r.text("word"), r.text("detail")) for r in rows
    ]
    return counts, found


def _write(folder: Path, counts: Counter[str], findings: list[Verdict]) -> None:
    replace_file(folder / "count.json", json_bytes(dict(sorted(counts.items()))))
    if findings:
        rows = [astuple(verdict) for verdict in findings]
        table = csv_bytes(("kind", "seed", "word", "detail"), rows)
        replace_file(folder / "findings.csv", table)


def _batch(start: int, stop: int) -> list[Verdict]:
    """Try seeds from start to stop; a process that dies costs one of them."""
    made: list[Verdict] = []
    context = multiprocessing.get_context("fork")
    while start + len(made) < stop:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_try, args=(start + len(made), stop, theirs))
        child.start()
        theirs.close()
        try:
            while ours.poll(_SECONDS):
                made.append(ours.recv())
        except EOFError:
            pass
        if child.is_alive() and start + len(made) < stop:
            child.kill()
        child.join()
        if start + len(made) < stop:
            seed = start + len(made)
            made.append(Verdict(kind_of(seed), seed, "crash", f"exit code {child.exitcode}"))
    return made


def _try(start: int, stop: int, out: Connection) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bound = pages * resource.getpagesize() + _MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    for seed in range(start, stop):
        with tempfile.TemporaryDirectory(prefix="corcal-fuzz-") as folder:
            out.send(try_mutant(seed, Path(folder)))
    out.close()


if __name__ == "__main__":
    raise SystemExit(main())
