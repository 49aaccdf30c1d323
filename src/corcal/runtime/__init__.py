"""Running things: OpenVINO, optional packages, child processes, the clock, a user's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.runtime.child_process import command_of, end_with, environment_with, run_module
    from corcal.runtime.clock import StepClock
    from corcal.runtime.extras import INSTALL, install_extra, need
    from corcal.runtime.openvino import (
        Engine,
        compile_network,
        limit_threads,
        load_openvino,
        openvino_core,
        pad_to_multiple,
        user_folder,
    )

__all__ = [
    "INSTALL",
    "Engine",
    "StepClock",
    "command_of",
    "compile_network",
    "end_with",
    "environment_with",
    "install_extra",
    "limit_threads",
    "load_openvino",
    "need",
    "openvino_core",
    "pad_to_multiple",
    "run_module",
    "user_folder",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "child_process": ("command_of", "end_with", "environment_with", "run_module"),
        "clock": ("StepClock",),
        "extras": ("INSTALL", "install_extra", "need"),
        "openvino": (
            "Engine",
            "compile_network",
            "limit_threads",
            "load_openvino",
            "openvino_core",
            "pad_to_multiple",
            "user_folder",
        ),
    },
)
