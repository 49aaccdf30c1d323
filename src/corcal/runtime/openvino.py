"""Run a network that ships with corcal: its files checked by SHA-256, run by OpenVINO."""

from __future__ import annotations

import copy
import hashlib
import importlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import ModelRefused
from corcal.storage import json_bytes, read_json

#: Some CPUs would compute in bfloat16 unasked: faster there, but other numbers than elsewhere.
_CONFIG: dict[str, str | int] = {
    "PERFORMANCE_HINT": "LATENCY",
    "INFERENCE_PRECISION_HINT": "f32",
}

#: Networks for inputs of so many shapes are kept by an engine, tens of MB each.
_MOST_NETWORKS = 4

#: Parts of a manifest that say what a network is; `files` has a share of its own in the hash.
_WITHOUT_EFFECT = frozenset({"name", "version", "trained_on", "files"})


class Engine:
    """A network in OpenVINO's format beside a manifest that names its files and hashes.

    The folder holds NAME.json, NAME.xml and NAME.bin. It runs on the CPU. A manifest may name
    the files of further networks: see `sibling`.
    """

    device = "cpu"

    def __init__(self, folder: Path, name: str) -> None:
        """Check the files of a network.

        Args:
            folder: where the files are.
            name: their stem.

        Raises:
            ModelRefused: a file is absent, or not the one the manifest names.
        """
        self._stem = folder / name
        self._networks: dict[tuple[tuple[str, tuple[int, ...]], ...], Any] = {}
        self._manifest_path = folder / f"{name}.json"
        self.manifest = _read_manifest(self._manifest_path)
        for file, expected in self.manifest["files"].items():
            path = folder / file
            try:
                found = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as error:
                raise ModelRefused(
                    f"model file {path} is missing or cannot be read ({error.strerror}); "
                    "reinstall corcal"
                ) from error
            if found != expected:
                raise ModelRefused(
                    f"model file {path} has SHA-256 {found[:12]}..., its manifest says "
                    f"{expected[:12]}...: it was changed or damaged; reinstall corcal"
                )

    def sibling(self, name: str) -> Engine:
        """Return another network of the same manifest; its files were checked with this one's.

        Args:
            name: the stem of its files.

        Raises:
            ModelRefused: the manifest does not name both of them.
        """
        unnamed = _network_files(name) - set(self.manifest["files"])
        if unnamed:
            raise ModelRefused(
                f"model manifest {self._manifest_path} does not name the hash of "
                f"{min(unnamed)}; reinstall corcal"
            )
        other = copy.copy(self)
        other._stem, other._networks = self._stem.with_name(name), {}
        return other

    @property
    def path(self) -> Path:
        """OpenVINO's description of the network."""
        return self._stem.with_suffix(".xml")

    @property
    def name(self) -> str:
        """Name and version of the network."""
        return f"{self.manifest['name']} {self.manifest['version']}"

    @property
    def sha256(self) -> str:
        """One hash over the hashes of all files, and over what else of the manifest has effect."""
        files = "".join(f"{k}{v}" for k, v in sorted(self.manifest["files"].items()))
        more = {k: v for k, v in sorted(self.manifest.items()) if k not in _WITHOUT_EFFECT}
        # More: the weights of the lesion model.
        return hashlib.sha256(files.encode() + (json_bytes(more) if more else b"")).hexdigest()

    def run(self, inputs: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the network's one output for named inputs."""
        network = self._compile({name: array.shape for name, array in inputs.items()})
        # Shared: neither input nor output is copied; the array keeps the memory it lies in. A
        # request of its own for each run, or the next run would write into this array.
        request = network.create_infer_request()
        output = request.infer(inputs, share_inputs=True, share_outputs=True)
        result: NDArray[np.float32] = output[network.output(0)]
        return result

    def free_memory(self) -> None:
        """Give back the memory in which the networks work; they stay compiled."""
        for network in self._networks.values():
            network.release_memory()

    def _compile(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        """Return the network for inputs of these shapes; the last few are kept.

        Inputs are filled up to multiples, so that the scans of a cohort share few shapes.
        """
        key = tuple(sorted(shapes.items()))
        network = self._networks.pop(key, None)
        if network is None:
            model = openvino_core().read_model(self.path)
            model.reshape({name: list(shape) for name, shape in shapes.items()})
            network = openvino_core().compile_model(model, "CPU", _CONFIG)
        # Last in: the first of a full store is the one that was not asked for the longest.
        self._networks[key] = network
        if len(self._networks) > _MOST_NETWORKS:
            del self._networks[next(iter(self._networks))]
        return network


def compile_network(
    xml: bytes, weights: bytes, shape: tuple[int, ...], *, where: str
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return a network of one input and one output as a function, on the CPU in float32.

    Args:
        xml: OpenVINO's description of the network.
        weights: its weights.
        shape: of the input.
        where: the network, for messages.

    Raises:
        ModelRefused: OpenVINO cannot read it, or it does not take that shape.
    """
    core = openvino_core()
    try:
        model = core.read_model(xml, weights)
        model.reshape(list(shape))
        network = core.compile_model(model, "CPU", _CONFIG)
        output = network.output(0)
    except RuntimeError as error:
        last = str(error).strip().splitlines()[-1]
        raise ModelRefused(
            f"{where}: OpenVINO cannot run this network on inputs of {shape} ({last}); "
            "export it again"
        ) from error

    def run(array: NDArray[np.float32]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = network(np.ascontiguousarray(array))[output]
        return result

    return run


def load_openvino() -> ModuleType:
    """Return the openvino module without its usage statistics; the only door to it in corcal.

    On import, openvino reports to its makers over the network and keeps an identifier in the
    user's home, without asking; it goes without where its telemetry package cannot be imported.
    A hospital's computer has no business calling out, and where there is no network the attempt
    costs seconds.
    """
    # None bars an import that has not happened yet; one that has is not ours to undo.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")


@cache
def openvino_core() -> Any:
    """Return the process's one core of OpenVINO, which reads and compiles networks.

    Each core lays out a stack for the process's signals and puts back the one before it when it
    goes. Two that do not go in the reverse order of their coming leave a stack that is freed, and
    the next Ctrl-C or SIGTERM kills the process where it should end in order.
    """
    return load_openvino().Core()


def limit_threads(count: int) -> None:
    """Have the networks that this process compiles from now on run on so many threads.

    For a process that shares its cores with others, and for it alone: set once, at its start.
    """
    _CONFIG["INFERENCE_NUM_THREADS"] = count


def user_folder() -> Path:
    """Return the folder of everything that corcal keeps for a user; it need not be there."""
    return Path.home() / ".corcal"


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = read_json(path, refusal=ModelRefused)
        files, _, _ = manifest["files"], manifest["name"], manifest["version"]
        # A file that the manifest does not name would be run unchecked.
        unnamed = _network_files(path.stem) - set(files)
        whole = isinstance(files, dict) and not unnamed
    except (ModelRefused, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(
            f"model manifest {path} is missing or damaged ({error!r}); reinstall corcal"
        ) from error
    if not whole:
        raise ModelRefused(
            f"model manifest {path} does not name the hashes of the model's files; reinstall corcal"
        )
    return manifest


def _network_files(name: str) -> set[str]:
    """Return the names of the two files of a network."""
    return {f"{name}.xml", f"{name}.bin"}


def pad_to_multiple(array: NDArray[np.float32], multiple: int, fill: float) -> NDArray[np.float32]:
    """Return the array with its last three sides filled up to a multiple."""
    extra = [(0, -n % multiple) for n in array.shape[-3:]]
    flat = [(0, 0)] * (array.ndim - 3) + extra
    return np.pad(array, flat, constant_values=fill)
