"""The heart by TotalSegmentator, as in the paper: sub-task 293 of its task "total".

Wasserthal et al., Radiology: Artificial Intelligence 2023, 5, e230024. Only the weights of that
one sub-task are needed; they are run by nnU-Net's predictor as TotalSegmentator 2.18 runs them:
axes to right, anterior, superior, linear interpolation to 1.5 mm in whole HU, one fold, no
mirroring, windows that overlap by a fifth. All of it happens in a process of its own.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import types
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.errors import InputRefused, ModelRefused
from corcal.core.grid import Grid
from corcal.locate.weights import DATASET, HEART, Weights
from corcal.runtime import end_with, install_extra, need, run_module, user_folder
from corcal.storage import json_bytes, replace_folder

SPACING_MM = 1.5
#: Of a window's side.
STEP = 0.8

_ASKED = "heart totalsegmentator"


class TotalSegmentatorLocator:
    """Finds the heart with TotalSegmentator's sub-task 293, given its weights."""

    def __init__(self, weights: Weights, *, device: str = "cpu") -> None:
        """Choose the weights and where they are run.

        Args:
            weights: of sub-task 293.
            device: "cpu" or "cuda".
        """
        self._weights = weights
        self.device = device

    @property
    def name(self) -> str:
        """Name of the model."""
        return f"TotalSegmentator {DATASET}"

    @property
    def sha256(self) -> str:
        """Hash of the checkpoint."""
        return self._weights.sha256

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        """Return the heart as a mask at 1.5 mm and its grid; empty where there is none.

        Args:
            hu: int16 (slice, row, column).
            grid: where `hu` lies.

        Raises:
            ModelRefused: nnU-Net is not installed, the weights are damaged, the device cannot be
                used, or there is too little memory.
        """
        image, coarse = at_spacing(hu, grid)
        with tempfile.TemporaryDirectory(prefix="corcal-heart-") as name:
            folder = Path(name)
            self._weights.copy_to(folder / "model")
            np.save(folder / "image.npy", turn(image))
            run_module(
                __name__,
                ["locate", str(folder), self.device],
                folder=folder,
                environment=private_environment(folder / "home"),
            )
            heart = turn(np.load(folder / "heart.npy"))
        return np.ascontiguousarray(heart), coarse


def at_spacing(hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.float32], Grid]:
    """Return whole HU at 1.5 mm, as TotalSegmentator interpolates them, and their grid.

    The first and last voxels of each axis keep their centres, so the true spacing is a little
    other than 1.5 mm; the grid returned is the true one.

    Args:
        hu: int16 (slice, row, column).
        grid: where `hu` lies.
    """
    zoom = np.array(grid.spacing_mm) / SPACING_MM
    image = ndimage.zoom(hu.astype(np.float64), zoom, order=1, mode="nearest")
    old, new = np.array(grid.shape), np.array(image.shape)
    affine = grid.affine.copy()
    affine[:3, :3] *= np.maximum(old - 1, 1) / np.maximum(new - 1, 1)
    shape = (int(new[0]), int(new[1]), int(new[2]))
    return image.astype(np.int32).astype(np.float32), Grid(shape, affine, grid.frame_of_reference)


def turn(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array from rows to the back and columns to the left to the opposite, or back."""
    return array[:, ::-1, ::-1]


def private_environment(home: Path) -> dict[str, str]:
    """Return the variables of a child that runs TotalSegmentator or nnU-Net.

    TotalSegmentator reports each use over the network unless a file in its home says otherwise;
    it gets a home that says so, and never sees the user's.

    Args:
        home: a folder for it; made here.
    """
    home.mkdir(parents=True)
    quiet = {"send_usage_stats": False, "totalseg_id": "", "prediction_counter": 0}
    (home / "config.json").write_bytes(json_bytes(quiet))
    nnunet = ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results")
    return {
        "TOTALSEG_HOME_DIR": str(home),
        **dict.fromkeys(nnunet, str(home)),
        "nnUNet_compile": "f",
    }


def weights_folder() -> Path:
    """Return the folder in which corcal keeps TotalSegmentator's weights for a user."""
    return user_folder() / "totalsegmentator"


def find_weights() -> Weights:
    """Return the weights that corcal or TotalSegmentator itself keeps for the user.

    Raises:
        ModelRefused: there are none, or they are damaged.
    """
    return Weights.find(
        (weights_folder(), Path.home() / ".totalsegmentator" / "nnunet" / "results")
    )


def download(target: Path) -> Path:
    """Have TotalSegmentator download the weights of sub-task 293; return where they are then.

    Args:
        target: a folder, made if absent; gets the folder `DATASET`.

    Raises:
        ModelRefused: TotalSegmentator is not installed, or its download failed.
    """
    if (target / DATASET).exists():
        return Weights.open(target / DATASET).path
    with replace_folder(target / DATASET, force=False) as stage:
        folder = stage / ".download"
        folder.mkdir()
        environment = private_environment(folder / "home")
        run_module(__name__, ["download", str(folder)], folder=folder, environment=environment)
        found = folder / "home" / "nnunet" / "results" / DATASET
        Weights.open(found)
        for part in list(found.iterdir()):
            shutil.move(part, stage)
        shutil.rmtree(folder)
    return target / DATASET


def run_child(task: str, place: str, *more: str) -> int:
    """Do in the child what the parent asked for; return the exit code."""
    folder = Path(place)
    try:
        if task == "download":
            _download()
        else:
            heart = _predict(folder / "model", np.load(folder / "image.npy"), *more)
            np.save(folder / "heart.npy", heart)
    except InputRefused as error:
        return end_with(error, folder)
    return 0


def _download() -> None:
    libs = need(
        "totalsegmentator.libs",
        "the download, which is TotalSegmentator's own,",
        install=f"install it with: {install_extra('totalsegmentator')}",
    )
    try:
        libs.download_pretrained_weights(293)
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelRefused(
            f"TotalSegmentator could not download its weights ({type(error).__name__}); is there "
            "a network? Otherwise fetch the zip on another computer"
        ) from error


def _predict(model: Path, image: NDArray[np.float32], device: str) -> NDArray[np.bool_]:
    predictor = load_predictor(model, device)
    with contextlib.redirect_stdout(sys.stderr):
        labels = predictor.predict_single_npy_array(image[None], {"spacing": [SPACING_MM] * 3})
    heart: NDArray[np.bool_] = np.asarray(labels) == HEART
    return heart


def load_predictor(model: Path, device: str) -> Any:
    """Return nnU-Net's predictor with the model of a folder, its network built from its plans."""
    torch = need("torch", _ASKED)
    # nnU-Net looks through all its trainers, and one of them needs what not all computers have.
    barred = "nnunetv2.training.nnUNetTrainer.primus.primus_trainers"
    sys.modules.setdefault(barred, types.ModuleType(barred))
    inference = need("nnunetv2.inference.predict_from_raw_data", _ASKED)
    if device == "cuda" and not torch.cuda.is_available():
        raise ModelRefused("device cuda: torch finds no CUDA device here; use device cpu")
    predictor = inference.nnUNetPredictor(
        tile_step_size=STEP, use_mirroring=False, device=torch.device(device), allow_tqdm=False
    )
    try:
        predictor.initialize_from_trained_model_folder(str(model), (0,), "checkpoint_final.pth")
    except Exception as error:
        raise ModelRefused(
            f"TotalSegmentator's weights do not load in the installed nnU-Net "
            f"({type(error).__name__}: {error}); they may be damaged: get them again"
        ) from error
    return predictor


if __name__ == "__main__":
    sys.exit(run_child(*sys.argv[1:]))
