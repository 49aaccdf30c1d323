"""What the tutorial sends arrives: by storescu at storescp, by its Python at a web server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pydicom
import pytest

import corcal
from corcal.report import ReportOptions
from tests.docs.blocks import ROOT, Block, blocks_of

pytestmark = pytest.mark.slow

NAMES = {"labels.seg.dcm", "report.sr.dcm", "report.pdf.dcm", "overview.sc.dcm"}


def block(language: str) -> Block:
    page = ROOT / "docs" / "tutorials" / "results-to-a-pacs.md"
    (found,) = [b for b in blocks_of(page) if b.language == language and not b.is_run]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which `out/pacs` holds the DICOM results of the example scan."""
    pytest.importorskip("highdicom")
    home = tmp_path_factory.mktemp("pacs")
    reading = corcal.score(ROOT / "examples/data/LCTSC-Test-S1-201.zip")
    corcal.write_reports(reading, home / "out" / "pacs", options=ReportOptions(dicom=True))
    return home


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("localhost", 0))
        return int(s.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("localhost", port)) == 0


def sent(folder: Path) -> set[str]:
    return {str(pydicom.dcmread(folder / "out" / "pacs" / n).SOPInstanceUID) for n in NAMES}


def test_storescu_brings_all_objects(folder: Path, tmp_path: Path) -> None:
    if shutil.which("storescu") is None or shutil.which("storescp") is None:
        pytest.skip("dcmtk is not installed")
    port = free_port()
    archive = subprocess.Popen(["storescp", "-od", str(tmp_path), "-aet", "PACS", str(port)])
    try:
        while not answers(port):
            assert archive.poll() is None
            time.sleep(0.1)
        line = block("sh").text.replace("11112", str(port)).split()
        subprocess.run(line, cwd=folder, check=True)
    finally:
        archive.terminate()
        archive.wait(timeout=600)
    arrived = {str(pydicom.dcmread(p).SOPInstanceUID) for p in tmp_path.iterdir()}
    assert arrived == sent(folder)


class Archive(HTTPServer):
    """A web server that keeps the first request it gets."""

    kind = ""
    body = b""


class Store(BaseHTTPRequestHandler):
    server: Archive

    def do_POST(self) -> None:
        self.server.kind = f"{self.path} {self.headers['Content-Type']}"
        self.server.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive(("localhost", 0), Store) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_stow_brings_all_objects(folder: Path, archive: Archive, tmp_path: Path) -> None:
    program = block("python").text.replace("8042", str(archive.server_port))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "200\n"
    path, kind = archive.kind.split(" ", 1)
    assert path == "/dicom-web/studies"
    assert kind == 'multipart/related; type="application/dicom"; boundary=corcal'
    parts = archive.body.split(b"--corcal\r\n")[1:]
    arrived = set()
    for number, part in enumerate(parts):
        head, _, content = part.partition(b"\r\n\r\n")
        assert head == b"Content-Type: application/dicom"
        file = tmp_path / f"{number}.dcm"
        file.write_bytes(content.removesuffix(b"--corcal--\r\n").removesuffix(b"\r\n"))
        arrived.add(str(pydicom.dcmread(file).SOPInstanceUID))
    assert arrived == sent(folder)
