"""The tree of errors is the one its docstring draws."""

import inspect

from corcal.core import errors


def drawn_tree() -> dict[str, str]:
    """Return each error of the docstring's drawing and the one it hangs from."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        name = line.lstrip(" │├└─").split(" ")[0]
        if name not in vars(errors):
            continue
        depth = (len(line) - len(line.lstrip(" │├└─"))) // 4 - 1
        del above[depth:]
        parents[name] = above[-1] if above else "Exception"
        above.append(name)
    return parents


def test_the_drawing_is_true() -> None:
    real = {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__module__ == errors.__name__
    }
    assert drawn_tree() == real
    assert len(real) == 18


def test_every_error_says_what_it_is_for() -> None:
    assert all(inspect.getdoc(vars(errors)[name]) for name in drawn_tree())
