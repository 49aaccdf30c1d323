"""The page in a real browser: it shows its table, complains of nothing and fetches nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from corcal.core.reading import Reading
from corcal.report import write_reports

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    # What the browser wants of its maker on its own account finds no way out.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def browse(page: Path, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(CHROMIUM),
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={folder / 'net.json'}",
            *flags,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )


def requested(net_log: Path) -> set[str]:
    """URLs that a page asked for: requests the browser makes itself have no origin."""
    events = [e.get("params", {}) for e in json.loads(net_log.read_text())["events"]]
    urls = {p["url"] for p in events if p.get("initiator", "not an origin") != "not an origin"}
    return {u for u in urls if not u.startswith(("file:", "data:"))}


def test_the_page_loads_alone_and_without_complaint(reading: Reading, tmp_path: Path) -> None:
    page = write_reports(reading, tmp_path / "out")[0]
    done = browse(page, tmp_path, "--dump-dom")
    assert '<table id="arteries">' in done.stdout
    assert "Left main + LAD" in done.stdout
    assert "2 of 3" in done.stdout
    assert "CONSOLE" not in done.stderr
    assert requested(tmp_path / "net.json") == set()


def test_a_page_that_fetches_would_be_caught(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<img src="http://127.0.0.1:9/x.png"><script>console.error("no")</script>')
    done = browse(page, tmp_path, "--dump-dom")
    assert "CONSOLE" in done.stderr
    assert requested(tmp_path / "net.json") == {"http://127.0.0.1:9/x.png"}


def test_it_prints_on_a4(reading: Reading, tmp_path: Path) -> None:
    page = write_reports(reading, tmp_path / "out")[0]
    browse(page, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}")
    pdf = (tmp_path / "page.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf
    assert 1 <= pdf.count(b"/Type /Page\n") <= 4
