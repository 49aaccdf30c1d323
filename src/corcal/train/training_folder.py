"""The folder in which a model comes about, and the names of everything in it.

    WORK/
      settings.toml                       every number of the method
      split.csv                           which scan is trained on, in which fold, or kept for tests
      set_aside.csv                       scans that were left out, and why
      geometry/CASE.json                    shapes and boxes of each scan: the way back
      raw/Dataset501_CoronaryCalcium/     nnU-Net's raw dataset: the prepared scans
      preprocessed/Dataset501_.../        nnU-Net's plan and its preprocessed dataset
      results/Dataset501_.../.../fold_0   each fold's states, curve and log
      accuracy/validate.json, test.json   its tables, for the cards of its models

raw and preprocessed are what nnU-Net's own commands expect under nnUNet_raw and
nnUNet_preprocessed; results holds states in corcal's own form.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corcal.core.arguments import require_path
from corcal.core.errors import DatasetRefused
from corcal.settings import Settings

#: How such a folder is named in Python, for messages.
FOLDER_EXAMPLE = "TrainingFolder('work')"
DATASET_NAME = "Dataset501_CoronaryCalcium"
PLANS_NAME = "corcal"
CONFIGURATION = "3d_fullres"
TRAINER_NAME = "CorcalTrainer"


@dataclass(frozen=True)
class TrainingFolder:
    """The places of the parts of a training.

    Attributes:
        folder: the work folder.

    Raises:
        InputRefused: the path is empty.
        TypeError: it is no path.
    """

    folder: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", require_path("folder", self.folder))

    @property
    def settings_file(self) -> Path:
        """The settings of this training."""
        return self.folder / "settings.toml"

    @property
    def split_file(self) -> Path:
        """The split, for people."""
        return self.folder / "split.csv"

    @property
    def begun_file(self) -> Path:
        """Hashes of what the dataset is made from."""
        return self.folder / "dataset_begun.json"

    @property
    def set_aside_file(self) -> Path:
        """The scans that were refused and left out, and why; absent where there are none."""
        return self.folder / "set_aside.csv"

    @property
    def raw(self) -> Path:
        """nnU-Net's raw dataset."""
        return self.folder / "raw" / DATASET_NAME

    @property
    def preprocessed(self) -> Path:
        """nnU-Net's plan, split and preprocessed dataset."""
        return self.folder / "preprocessed" / DATASET_NAME

    @property
    def plans_file(self) -> Path:
        """nnU-Net's plan."""
        return self.preprocessed / f"{PLANS_NAME}.json"

    @property
    def cases(self) -> Path:
        """The preprocessed scans."""
        return self.preprocessed / f"{PLANS_NAME}_{CONFIGURATION}"

    @property
    def results(self) -> Path:
        """All folds."""
        trained = f"{TRAINER_NAME}__{PLANS_NAME}__{CONFIGURATION}"
        return self.folder / "results" / DATASET_NAME / trained

    def geometry_file(self, case: str) -> Path:
        """Return where the way back of a scan is written."""
        return self.folder / "geometry" / f"{case}.json"

    def accuracy_file(self, part: str) -> Path:
        """Return where the accuracy on scans of a part is kept: "validate" or "test"."""
        return self.folder / "accuracy" / f"{part}.json"

    def fold(self, number: int) -> Path:
        """Return the folder of a fold."""
        return self.results / f"fold_{number}"

    def settings(self) -> Settings:
        """Return the settings of this training.

        Raises:
            DatasetRefused: the folder holds no training.
        """
        if not self.settings_file.is_file():
            raise DatasetRefused(
                f"{self.folder}: holds no dataset; make one with `corcal train dataset "
                "MANIFEST -o WORK` and name that folder"
            )
        return Settings.from_toml(self.settings_file)
