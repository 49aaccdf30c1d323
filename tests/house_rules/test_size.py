from __future__ import annotations

import ast

from tests.house_rules.sources import (
    SOURCE,
    Function,
    everything,
    functions,
    python_files,
    shown,
    text_of,
)


def test_files_have_at_most_300_lines() -> None:
    sizes = {p: len(text_of(p).splitlines()) for p in everything()}
    assert {shown(p): lines for p, lines in sizes.items() if lines > 300} == {}


def test_functions_have_at_most_40_lines() -> None:
    sizes = {
        f"{shown(path, f.lineno)} {f.name}": _lines(f)
        for path in everything()
        for f in functions(path)
    }
    assert {name: lines for name, lines in sizes.items() if lines > 40} == {}


def _lines(function: Function) -> int:
    """Return the lines of a function without its docstring: nobody should save on that."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    spared = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - spared


def test_functions_take_at_most_six_arguments() -> None:
    counts = {
        f"{shown(path, f.lineno)} {f.name}": _arguments(f)
        for path in python_files("src")
        for f in functions(path)
    }
    assert {name: count for name, count in counts.items() if count > 6} == {}


def _arguments(function: Function) -> int:
    names = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return sum(a.arg not in ("self", "cls") for a in names)


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [shown(p) for p in SOURCE.rglob("*") if p.stem in drawers] == []
