"""The process that preprocesses a dataset with nnU-Net's own code.

    python -m corcal.train.nnunet.preprocess WORK

Started by `corcal.train.nnunet.folds.plan_and_preprocess`, which sets its environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from corcal.core.errors import DatasetRefused
from corcal.storage import read_json, remove_partials, replace_files
from corcal.train.events import Prepared
from corcal.train.labels import load_dataset_json
from corcal.train.nnunet.process import Send, alone, run
from corcal.train.training_folder import CONFIGURATION, TrainingFolder

#: What nnU-Net keeps of a case.
_PARTS = (".b2nd", "_seg.b2nd", ".pkl")


def preprocess_all(work: TrainingFolder, send: Send) -> None:
    """Preprocess every scan that is trained on; those that are there already are kept.

    Raises:
        DatasetRefused: the dataset is incomplete or was changed.
    """
    from nnunetv2.preprocessing.preprocessors.default_preprocessor import (  # noqa: PLC0415
        DefaultPreprocessor,
    )
    from nnunetv2.utilities.plans_handling.plans_handler import PlansManager  # noqa: PLC0415

    training = work.settings().training
    described = load_dataset_json(work.preprocessed / "dataset.json", training)
    manager = PlansManager(
        read_json(work.plans_file, refusal=DatasetRefused, remedy="call `corcal train plan` again")
    )
    configuration = manager.get_configuration(CONFIGURATION)
    cases = trained_cases(work)
    remove_partials(work.cases)
    for number, case in enumerate(cases, start=1):
        if not is_preprocessed(work, case):
            image = work.raw / "imagesTr" / f"{case}_0000.nii.gz"
            labels = work.raw / "labelsTr" / f"{case}.nii.gz"
            with replace_files(work.cases, [f"{case}{p}" for p in _PARTS], force=True) as stage:
                DefaultPreprocessor(verbose=False).run_case_save(
                    str(stage / case), [str(image)], str(labels), manager, configuration, described
                )
        send(Prepared(number, len(cases)))


def trained_cases(work: TrainingFolder) -> list[str]:
    """Return the cases of all folds.

    Raises:
        DatasetRefused: there is no plan yet.
    """
    path = work.preprocessed / "splits_final.json"
    splits = read_json(
        path, refusal=DatasetRefused, remedy=f"call `corcal train plan {work.folder}`"
    )
    return sorted({case for fold in splits for case in fold["train"] + fold["val"]})


def is_preprocessed(work: TrainingFolder, case: str) -> bool:
    """Tell whether all parts of a case are there."""
    return all((work.cases / f"{case}{part}").is_file() for part in _PARTS)


def require_preprocessed(work: TrainingFolder) -> None:
    """Refuse to train on what is not all there.

    Raises:
        DatasetRefused: a case is missing.
    """
    missing = [case for case in trained_cases(work) if not is_preprocessed(work, case)]
    if missing:
        raise DatasetRefused(
            f"{work.cases}: {len(missing)} scans are not preprocessed ({missing[0]} and so on); "
            f"call `corcal train plan {work.folder}`"
        )


def main(arguments: list[str]) -> int:
    """Run the process and return its exit code."""
    work = TrainingFolder(Path(arguments[0]))

    def job(send: Send) -> None:
        with alone(work.preprocessed):
            preprocess_all(work, send)

    return run(job, work.preprocessed / "console.log")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
