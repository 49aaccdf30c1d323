"""Packages that a plain installation lacks, and the words that say how to get them."""

from __future__ import annotations

import importlib
from typing import Any

from corcal.core.errors import ModelRefused


def install_extra(extra: str) -> str:
    """Return the command that installs an extra of corcal, and where it is called.

    corcal is installed from a copy of its source, not by name from a package index.

    Args:
        extra: its name in pyproject.toml.
    """
    return f'pip install ".[{extra}]" in the folder of corcal\'s source'


#: How to get what trained models need beside OpenVINO.
INSTALL = f"install it with: {install_extra('train')}"


def need(module: str, what: str, *, install: str = INSTALL) -> Any:
    """Return a module that a plain installation lacks.

    Args:
        module: its dotted name.
        what: needs it, for the message.
        install: says how to get it.

    Raises:
        ModelRefused: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModelRefused(
            f"{what} needs {error.name}, which is not installed; {install}"
        ) from error
