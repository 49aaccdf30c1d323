"""The minutes of a timed training, shared out among its stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Share of the time of each stage, in their order. Most goes to the network that needs it most.
SHARES: Mapping[str, float] = {
    "locator": 0.08,
    "base": 0.37,
    "segmenter": 0.12,
    "hearts": 0.30,
    # In the place of "hearts" where there are no real scans.
    "phantom_hearts": 0.30,
    "finish": 0.13,
}
#: Share of the minutes that is left at the end, for what takes longer than planned.
_RESERVE = 0.06
#: What the end takes where nothing is exported: weights are written and processes ended.
_END_WITHOUT_EXPORT = 0.01


@dataclass(frozen=True)
class Limits:
    """The limits of a timed training.

    Attributes:
        minutes: from its beginning to its end, everything included.
        workers: processes that make cases meanwhile; 0 trains on what is there, None leaves
            it to `devices.share_cores`.
        export: convert the networks to OpenVINO and fit the lesion model. Without it the
            weights are the result, and the same command with it finishes later, elsewhere.
        device_gb: memory of the device that hearts may take; more of them are read from disk.
            None leaves it to `devices.usual_hearts_gb`.
    """

    minutes: float
    workers: int | None = None
    export: bool = True
    device_gb: float | None = None


def deadlines(
    stages: Sequence[str], limits: Limits, begin_seconds: float, now_seconds: float
) -> dict[str, float]:
    """Return when each stage that is left ends, in seconds of the clock of the arguments.

    Args:
        stages: those left, in their order.
        limits: of the run.
        begin_seconds: when the run began.
        now_seconds: the time now: what has gone by is nobody's.
    """
    shares = {stage: SHARES[stage] for stage in stages}
    if not limits.export and "finish" in shares:
        shares["finish"] = _END_WITHOUT_EXPORT
    end = begin_seconds + 60.0 * limits.minutes * (1.0 - _RESERVE)
    left, whole = max(end - now_seconds, 0.0), sum(shares.values())
    out, gone = {}, 0.0
    for stage, share in shares.items():
        gone += share
        out[stage] = now_seconds + left * gone / whole
    return out
