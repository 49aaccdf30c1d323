"""The page of all settings, made from the docstrings of their classes."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

import tomli_w

from corcal.settings.settings import Settings

_INTRODUCTION = """\
# Settings

Every number of the method has a name and a default. A TOML file changes some of them; what it
leaves out keeps its default, and a name that does not exist is refused, as is a value of another
kind or out of range.

```toml
[admission]
min_slices = 100        # fewer are refused; the paper's value

[preparation]
padding_voxels = [0, 10, 10]   # around the heart: slices, rows, columns

[scoring]
slab_below_mm = 0.0     # 0: never average thin slices before scoring
```

<!-- not run: the file stands for yours -->
```sh
corcal score scan.zip -o out --settings mine.toml
```

`--paper` uses the published values: they stand in the column "paper" where they differ from the
default. `--fast` (of `corcal score` and `corcal cohort`) is the default with `members = 1`: one
network of corcal's artery segmenter is run in place of all. `corcal settings` prints all settings
as such a file, `corcal settings --paper` those of the paper, `corcal settings --fast` these.
Whatever was used stands in `report.json` under `method.settings`.

What belongs to a model is not among them: the spacing and padding of its training, which it
brings with it, and the 4 mm and the threshold of the heart locator. Nor are limits of what a file
may hold and how far its header may round, which protect the reader of files, and published
formulas such as that of the arterial age.

*This page is made from the code by `make docs`.*
"""


def settings_page() -> str:
    """Return the page as Markdown: an introduction, and a table for each group of settings."""
    return "\n".join([_INTRODUCTION, *(_section(f.name) for f in fields(Settings))])


def _section(group: str) -> str:
    """Return the section of a group: what it is for, and each setting with its meaning."""
    default, paper = getattr(Settings(), group), getattr(Settings.paper(), group)
    text, _, attributes = (inspect.getdoc(type(default)) or "").partition("Attributes:\n")
    meanings = _meanings(attributes)
    rows = []
    for f in fields(default):
        value, published = getattr(default, f.name), getattr(paper, f.name)
        other = f"`{_toml(published)}`" if published != value else ""
        rows.append(f"| `{f.name}` | `{_toml(value)}` | {other} | {meanings[f.name]} |")
    paragraphs = [" ".join(p.split()) for p in text.strip().split("\n\n")]
    head = ["| setting | default | paper | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## `[{group}]`", "", *(f"{p}\n" for p in paragraphs), *head, *rows, ""])


def _meanings(attributes: str) -> dict[str, str]:
    """Return the meaning of each setting, from the attributes of a docstring."""
    found = re.findall(r"^ {4}(\w+): ((?:.|\n(?! {4}\w+: ))*)", attributes, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def _toml(value: object) -> str:
    """Return a value as it stands in a TOML file, on one line."""
    plain = list(value) if isinstance(value, tuple) else value
    text = tomli_w.dumps({"x": plain}).removeprefix("x = ")
    return " ".join(text.split()).replace("[ ", "[").replace(", ]", "]")
