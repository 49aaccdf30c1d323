"""The frame that all pages of a result share: one look, no scripts, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined, Template


def page_template(package: str, file: str, **filters: Callable[..., str]) -> Template:
    """Return the template of a page that extends "frame.html".

    The frame has the blocks `title`, `style` (rules of the page's own) and `main`.

    Args:
        package: that holds the template, such as "corcal.report.page".
        file: its name there.
        filters: functions that the template calls by their names.
    """
    frame = files("corcal.report.page").joinpath("frame.html").read_text(encoding="utf-8")
    page = files(package).joinpath(file).read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True,
        loader=DictLoader({"frame.html": frame, file: page}),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    return environment.get_template(file)
