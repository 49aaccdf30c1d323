"""The engine that runs the networks: OpenVINO, without its usage statistics."""

from __future__ import annotations

import sys
from types import ModuleType


def openvino() -> ModuleType:
    """Return the openvino module; the only door to it in corcal.

    On import, openvino reports to its makers over the network and keeps an identifier in the
    user's home, without asking. It falls back to a silent stand-in where its telemetry package
    cannot be imported, so that package is barred first. A hospital's scoring computer has no
    business calling out, and without a network the attempt also costs seconds at exit.
    """
    # None bars an import that has not happened yet; one that has is not ours to undo.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as module  # noqa: PLC0415 - after the bar

    loaded: ModuleType = module
    return loaded
