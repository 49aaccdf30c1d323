"""What an import costs, and what it brings along; each in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import SimpleITK as sitk

import corcal
from corcal.phantom import write_phantom
from corcal.testing import score_phantom, tiny_phantom
from tests.house_rules.sources import ROOT, SOURCE

PUBLIC = {
    "DISCLAIMER",
    "Artery",
    "ArteryLabels",
    "ArteryScore",
    "CalciumScore",
    "CorcalError",
    "Grid",
    "InputRefused",
    "Lesion",
    "ModelChoice",
    "Person",
    "Reading",
    "Report",
    "Scan",
    "Settings",
    "__version__",
    "quantify_labels",
    "read_labels",
    "read_scan",
    "score",
    "score_many",
    "score_scan",
    "write_reports",
}


def loaded_after(program: str) -> set[str]:
    """Return the names of all modules that a fresh interpreter holds after a program."""
    program += "\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def third_party(modules: set[str]) -> set[str]:
    roots = {name.partition(".")[0] for name in modules}
    # A virtual environment's own start-up modules are nobody's import.
    before = {name.partition(".")[0] for name in loaded_after("")}
    return roots - before - set(sys.stdlib_module_names) - {"corcal"}


def modules_of(folder: Path) -> list[str]:
    return [
        ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        for path in sorted(folder.rglob("*.py"))
    ]


def test_import_corcal_loads_nothing_but_itself() -> None:
    assert third_party(loaded_after("import corcal")) == set()


def test_the_nouns_need_numpy_alone() -> None:
    imports = "; ".join(f"import {name}" for name in modules_of(SOURCE / "core"))
    assert third_party(loaded_after(imports)) == {"numpy"}


def test_no_module_loads_torch_or_an_engine_when_imported() -> None:
    # The learning wing is torch's own; nobody enters it without having asked for training.
    learning = ("corcal.train.", "corcal.recipes.", "corcal.studies.")
    names = [n for n in modules_of(SOURCE) if not n.startswith(learning)]
    imports = "; ".join(f"import {name}" for name in names)
    heavy = {"torch", "nnunetv2", "totalsegmentator", "openvino"}
    assert heavy & third_party(loaded_after(imports)) == set()


WITHOUT_ITK = """
import sys
from pathlib import Path
sys.modules["SimpleITK"] = None
import corcal
import corcal.cli.scoring.score
folder = Path(sys.argv[1])
for scan in ("dicom/ct", "nifti/ct.nii.gz", "scan.nrrd", "scan.mha"):
    for labels in ("dicom/labels.nii.gz", "labels.nrrd", "labels.mha"):
        reading = corcal.quantify_labels(folder / scan, folder / labels)
        print(scan, labels, f"{reading.score.agatston:.3f}")
corcal.write_reports(reading, folder / "out")
assert sys.modules["SimpleITK"] is None
"""


def test_no_format_needs_itk(tmp_path: Path) -> None:
    case = tiny_phantom(3)
    for kind in ("dicom", "nifti"):
        write_phantom(case, tmp_path / kind, kind=kind, version="0", force=False)
    for name, file in (("scan", "nifti/ct.nii.gz"), ("labels", "nifti/labels.nii.gz")):
        image = sitk.ReadImage(tmp_path / file)
        for key in image.GetMetaDataKeys():
            image.EraseMetaData(key)
        for ending in ("nrrd", "mha"):
            sitk.WriteImage(image, tmp_path / f"{name}.{ending}")
    command = [sys.executable, "-c", WITHOUT_ITK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    scores = {line.split()[-1] for line in done.stdout.splitlines()}
    assert len(done.stdout.splitlines()) == 12
    assert scores == {f"{score_phantom(case).report.score.agatston:.3f}"}


def test_the_engine_comes_without_its_usage_statistics() -> None:
    loaded = loaded_after("from corcal.runtime.openvino import load_openvino; load_openvino().Core")
    assert "openvino" in loaded
    assert [name for name in loaded if name.startswith("openvino_telemetry.")] == []


def test_the_public_names_are_these_and_all_are_there() -> None:
    assert set(corcal.__all__) == PUBLIC
    assert dir(corcal) == sorted(PUBLIC)
    assert [name for name in PUBLIC if getattr(corcal, name, None) is None] == []


def test_a_plain_installation_brings_no_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    unwanted = ("torch", "nnunetv2", "totalsegmentator", "monai", "timm")
    assert [name for name in project["dependencies"] if name.lower().startswith(unwanted)] == []
