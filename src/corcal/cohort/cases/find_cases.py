"""The cases that a user names: folders, files, patterns and tables."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePath

from corcal.cohort.cases.case import Case, check_name, hash_name, path_name
from corcal.cohort.cases.tree import scans_in
from corcal.core.arguments import require_path, wrong_kind
from corcal.core.errors import SettingsRefused, TableRefused, UnreadableScan
from corcal.storage import read_csv

#: By what cases are named, where no table names them.
NAMES: dict[str, Callable[[PurePath, str | None], str]] = {"hash": hash_name, "path": path_name}


def find_cases(sources: Iterable[Path | str], *, names: str = "hash") -> tuple[Case, ...]:
    """Return the cases that are meant, each once, in the order of the sources.

    Args:
        sources: folders, in which every scan is a case; scans; patterns such as "scans/*.zip";
            CSV tables with the column scan and, if wanted, case and series. Paths in a table are
            relative to its folder.
        names: "hash" names a case by a hash of its path below the source, "path" by the path.

    Raises:
        UnreadableScan: a source is not there.
        TableRefused: a table has no column scan, or a name that cannot be; or two cases have the
            same name.
        SettingsRefused: `names` is neither.
        InputRefused: a source is an empty path.
        TypeError: a single path comes in place of several, or a source is no path.
    """
    # A text would be a source for each of its letters.
    if isinstance(sources, str | os.PathLike) or not isinstance(sources, Iterable):
        raise wrong_kind("scans", sources, "a list of paths, such as ['scans'],")
    if names not in NAMES:
        raise SettingsRefused(f"names {names!r} is not one of {', '.join(NAMES)}")
    by_name: dict[str, Case] = {}
    for source in sources:
        require_path("scans", source, "a list of paths")
        for case in _cases_of(source, NAMES[names]):
            _enter(by_name, case)
    if not by_name:
        raise UnreadableScan("no scan is named; name folders, scans, or a table of scans")
    return tuple(case for case in by_name.values())


def _enter(by_name: dict[str, Case], case: Case) -> None:
    # Two names that differ in capital letters alone would be one folder on some systems.
    earlier = by_name.setdefault(case.name.casefold(), case)
    if earlier is case:
        return
    same = earlier.path.resolve() == case.path.resolve() and earlier.series_uid == case.series_uid
    if not same or earlier.name != case.name:
        raise TableRefused(
            f"{earlier.path} and {case.path} would both be the case {case.name!r}; name the folder "
            "that holds both, or name the cases in a table with the columns scan and case"
        )


def _cases_of(source: Path | str, name_of: Callable[[PurePath, str | None], str]) -> Iterator[Case]:
    for path in _matches(source):
        if path.suffix.lower() == ".csv":
            yield from _of_table(path, name_of)
            continue
        root = path.absolute()
        scans = scans_in(root) if root.is_dir() else (root,)
        for scan in scans:
            relative = scan.relative_to(root) if scan != root else PurePath(root.name)
            yield Case(name_of(relative, None), scan)


def _matches(source: Path | str) -> list[Path]:
    path = Path(source)
    if path.exists():
        return [path.resolve() if path.name in ("", "..") else path]
    # Not Path.glob: it takes no pattern from the root of the disk.
    found = [Path(p) for p in sorted(glob.glob(str(source), recursive=True))]  # noqa: PTH207
    if not found:
        raise UnreadableScan(f"{source}: there is no such file or folder")
    return found


def _of_table(path: Path, name_of: Callable[[PurePath, str | None], str]) -> Iterator[Case]:
    table = read_csv(path)
    table.require("scan")
    lines: dict[str, int] = {}
    for row in table.rows:
        scan, series = row.require("scan"), row.text("series") or None
        name = row.require("case") if table.has("case") else name_of(PurePath(scan), series)
        earlier = lines.setdefault(name.casefold(), row.line)
        if earlier != row.line:
            raise row.refusal(f"case {name!r} stands already in line {earlier}")
        try:
            check_name(name)
        except ValueError as error:
            raise row.refusal(str(error)) from None
        yield Case(name, (path.parent / scan).absolute(), series)
