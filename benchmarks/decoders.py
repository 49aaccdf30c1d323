"""CPU milliseconds that each decoder takes for a compressed slice, and whether they agree.

    python -m benchmarks.decoders SERIES

The slices of a DICOM folder are compressed without loss in three ways and decoded by every
decoder that is installed and that pydicom knows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import gdcm
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless

from benchmarks.speed import machine

_WAYS = {
    JPEGLosslessSV1: gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    JPEGLSLossless: gdcm.TransferSyntax.JPEGLSLossless,
    JPEG2000Lossless: gdcm.TransferSyntax.JPEG2000Lossless,
}
_ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("series", type=Path, help="folder of DICOM slices")
    parser.add_argument("--slices", type=int, default=60, help="so many, from the middle (60)")
    given = parser.parse_args()
    files = sorted(given.series.glob("*.dcm"))
    first = max(0, (len(files) - given.slices) // 2)
    files = files[first : first + given.slices]
    print(f"{machine()}\n{len(files)} slices\n")
    print("| compression | decoder | CPU ms a slice | same voxels |\n|---|---|---|---|")
    for syntax, code in _WAYS.items():
        slices = [_compress(file, code) for file in files]
        decoder = get_decoder(syntax)
        expected: list[NDArray[Any]] = []
        for plugin in decoder.available_plugins:
            cpu_s, images = _decode(slices, decoder, plugin)
            expected = expected or images
            same = all(np.array_equal(a, b) for a, b in zip(images, expected, strict=True))
            cost_ms = 1000 * cpu_s / len(files)
            print(f"| {syntax.name} | {plugin} | {cost_ms:.1f} | {'yes' if same else 'NO'} |")


def _compress(file: Path, code: Any) -> FileDataset:
    reader = gdcm.ImageReader()
    reader.SetFileName(str(file))
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(code))
    if not reader.Read():
        raise SystemExit(f"{file.name}: cannot be read")
    change.SetInput(reader.GetImage())
    if not change.Change():
        raise SystemExit(f"{file.name}: cannot be compressed")
    with tempfile.TemporaryDirectory(prefix="corcal-decoders-") as folder:
        out = Path(folder) / "slice.dcm"
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(out))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        if not writer.Write():
            raise SystemExit(f"{file.name}: cannot be written")
        return pydicom.dcmread(out)


def _decode(
    slices: list[FileDataset], decoder: Decoder, plugin: str
) -> tuple[float, list[NDArray[Any]]]:
    """Return the CPU seconds of the best of some rounds, and the images."""
    best_s, images = float("inf"), []
    for _ in range(_ROUNDS):
        began = time.process_time()
        images = [decoder.as_array(s, raw=True, decoding_plugin=plugin)[0] for s in slices]
        best_s = min(best_s, time.process_time() - began)
    return best_s, images


if __name__ == "__main__":
    main()
