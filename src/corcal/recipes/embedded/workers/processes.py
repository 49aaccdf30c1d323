"""Worker processes of this machine, started and ended."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from corcal.core.errors import CorcalError
from corcal.recipes.embedded.workers.jobs import JobPlan
from corcal.runtime import command_of, environment_with
from corcal.storage import json_bytes, remove_partials, replace_file

_MODULE = "corcal.recipes.embedded.workers.worker"
#: Libraries take the number of their threads from these when they are imported.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Workers:
    """Processes of one thread each that make the cases of a plan."""

    def __init__(self, plan: JobPlan, count: int, folder: Path) -> None:
        """Start them.

        Args:
            plan: the cases.
            count: how many processes; 0 makes nothing.
            folder: for the plan's file.
        """
        for kept in (plan.bank, plan.chests):
            kept.mkdir(parents=True, exist_ok=True)
            remove_partials(kept)
        path = folder / "plan.json"
        replace_file(path, json_bytes(plan.as_json()))
        environment = environment_with(dict.fromkeys(_THREADS, "1"))
        self._processes = [
            subprocess.Popen(
                command_of(_MODULE, [str(path), str(index), str(count)]),
                env=environment,
                stdin=subprocess.PIPE,
                # Libraries may write what stands in a patient's header.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for index in range(count)
        ]

    def check(self) -> None:
        """Say so where no worker is left and not all of them ended well.

        Raises:
            CorcalError: they broke down.
        """
        codes = [process.poll() for process in self._processes]
        bad = [code for code in codes if code]
        if bad and None not in codes:
            raise CorcalError(
                f"the processes that make training cases broke down (exit code {bad[0]}); most "
                "often there is too little memory or disk: start fewer of them"
            )

    def wait(self, seconds: float) -> None:
        """Wait until all have made their cases, at most so long."""
        end = time.monotonic() + seconds
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))

    def close(self) -> None:
        """End them."""
        for process in self._processes:
            process.kill()
            if process.stdin:
                process.stdin.close()
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
