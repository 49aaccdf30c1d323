"""Commands that hold commands: sections in the help, the nearest name for a typo."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import click


class Commands(click.Group):
    """A command of several commands.

    Args:
        sections: command names by heading, for the help; None for one list.
    """

    def __init__(
        self, *given: Any, sections: Mapping[str, tuple[str, ...]] | None = None, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self._sections = sections

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant.

        Raises:
            click.UsageError: there is none of that name; the message names the nearest.
        """
        name = args[0]
        if name.startswith("-") or ctx.resilient_parsing or self.get_command(ctx, name):
            return super().resolve_command(ctx, args)
        known = self.list_commands(ctx)
        near = get_close_matches(name.lower(), known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}."
        raise click.UsageError(f"No such command {name!r}. {hint}", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings, in the order of their work."""
        sections = self._sections or {"Commands": tuple(self.list_commands(ctx))}
        widest = max(len(name) for names in sections.values() for name in names)
        for heading, names in sections.items():
            known = ((name, self.get_command(ctx, name)) for name in names)
            limit = formatter.width - 6 - widest
            rows = [(n.ljust(widest), c.get_short_help_str(limit)) for n, c in known if c]
            with formatter.section(heading):
                formatter.write_dl(rows)
