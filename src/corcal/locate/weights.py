"""TotalSegmentator's weights of sub-task 293: where they are, and what to do where they are not."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corcal.core.errors import ModelRefused
from corcal.storage import parse_json

#: As TotalSegmentator's release names it.
DATASET = "Dataset293_TotalSegmentator_part3_cardiac_1559subj"
URL = f"https://github.com/wasserth/TotalSegmentator/releases/download/v2.0.0-weights/{DATASET}.zip"

_CHECKPOINT = ("fold_0", "checkpoint_final.pth")
#: The folder of the trained model holds these; nothing else of a release is needed.
_FILES = ("dataset.json", "plans.json", "/".join(_CHECKPOINT))
#: The heart's label in the model's own dataset.json.
HEART = 1
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, eq=False)
class Weights:
    """The trained model of sub-task 293 in a folder or zip.

    Attributes:
        path: the folder or zip that was given or found.
        sha256: of its checkpoint.
    """

    path: Path
    sha256: str
    _model: Path | zipfile.Path

    @classmethod
    def open(cls, path: Path) -> Weights:
        """Return the weights in a folder or zip; a release, or a folder around or inside one.

        Raises:
            ModelRefused: there are none, or of another task.
        """
        try:
            model = _model_in(path)
            content = model.joinpath("dataset.json").read_bytes()
            labels = parse_json(content, "dataset.json", refusal=ModelRefused).get("labels", {})
            with model.joinpath(*_CHECKPOINT).open("rb") as stream:
                digest = hashlib.sha256()
                while piece := stream.read(1 << 20):
                    digest.update(piece)
        except (OSError, ValueError, AttributeError, KeyError, *_ZIP_ERRORS) as error:
            raise ModelRefused(
                f"{path}: cannot be read as TotalSegmentator's weights ({error}); {advice()}"
            ) from error
        if labels.get("heart") != HEART:
            raise ModelRefused(
                f"{path}: its dataset.json does not name label {HEART} the heart, so these are "
                f"not the weights of sub-task 293; {advice()}"
            )
        return cls(path, digest.hexdigest(), model)

    @classmethod
    def find(cls, homes: tuple[Path, ...]) -> Weights:
        """Return the weights in the first of these folders that holds them.

        Raises:
            ModelRefused: none does.
        """
        for home in homes:
            for path in (home / DATASET, home / f"{DATASET}.zip"):
                if path.exists():
                    return cls.open(path)
        places = " and ".join(str(h) for h in homes)
        raise ModelRefused(
            f"TotalSegmentator's weights of sub-task 293 are not on this computer (looked in "
            f"{places}); {advice()}"
        )

    def copy_to(self, folder: Path) -> None:
        """Put what nnU-Net needs of the model into a folder.

        Raises:
            ModelRefused: a file is damaged or gone.
        """
        for name in _FILES:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with self._model.joinpath(name).open("rb") as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
            except (OSError, KeyError, *_ZIP_ERRORS) as error:
                raise ModelRefused(f"{self.path}: {name} cannot be read ({error})") from error


def advice() -> str:
    """Return what a user does who has no weights."""
    return (
        f"download {URL} on any computer and name the zip with --heart-weights (heart_weights "
        "from Python), or run `corcal models download-heart` here; or leave out heart "
        "totalsegmentator: corcal's own heart model needs no weights"
    )


def _model_in(path: Path) -> Path | zipfile.Path:
    """Return the folder, on disk or in a zip, that holds the trained model's files."""
    found: list[Path | zipfile.Path]
    if path.is_dir():
        found = [p.parents[1] for p in path.rglob("/".join(_CHECKPOINT))]
    elif path.is_file():
        archive = zipfile.ZipFile(path)
        ends = [PurePosixPath(n) for n in archive.namelist() if n.endswith("/".join(_CHECKPOINT))]
        tops = [p.parents[1].as_posix().strip(".") for p in ends]
        found = [zipfile.Path(archive, f"{top}/" if top else "") for top in tops]
    else:
        raise FileNotFoundError("there is no such file or folder")
    if len(found) > 1:
        found = [p for p in found if DATASET in str(p)]
    if len(found) != 1:
        raise FileNotFoundError(f"it holds {len(found)} trained models of {DATASET}")
    return found[0]
