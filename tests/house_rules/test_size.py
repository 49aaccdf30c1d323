from __future__ import annotations

from tests.house_rules.sources import (
    SOURCE,
    Function,
    everything,
    functions,
    python_files,
    shown,
)


def test_files_have_at_most_300_lines() -> None:
    long = {
        shown(path): lines
        for path in everything()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert long == {}


def test_functions_have_at_most_40_lines() -> None:
    long = {
        f"{shown(path, f.lineno)} {f.name}": lines
        for path in everything()
        for f in functions(path)
        if (lines := (f.end_lineno or f.lineno) - f.lineno + 1) > 40
    }
    assert long == {}


def test_functions_take_at_most_six_arguments() -> None:
    crowded = {
        f"{shown(path, f.lineno)} {f.name}": count
        for path in python_files("src")
        for f in functions(path)
        if (count := _arguments(f)) > 6
    }
    assert crowded == {}


def _arguments(function: Function) -> int:
    names = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return sum(a.arg not in ("self", "cls") for a in names)


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    named = [p for p in SOURCE.rglob("*") if p.stem in drawers]
    assert named == []
