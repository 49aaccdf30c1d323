"""`corcal completion`: what a shell needs to complete commands, options and paths.

The shell calls corcal with the variable `_CORCAL_COMPLETE`, by click's protocol; click has
bash, zsh and fish, and PowerShell is done here the same way.
"""

from __future__ import annotations

import os
import sys
from typing import Any, ClassVar

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
)

VARIABLE = "_CORCAL_COMPLETE"
_PROGRAM = "corcal"
_SHELLS = ("bash", "zsh", "fish", "powershell")
#: \b keeps click from wrapping the lines below it.
_HELP = """Print what lets a shell complete commands and paths.

SHELL is bash, zsh, fish or powershell. Save it where the shell looks for such scripts:

\b
corcal completion bash > ~/.local/share/bash-completion/completions/corcal
corcal completion zsh > ~/.zfunc/_corcal
corcal completion fish > ~/.config/fish/completions/corcal.fish
corcal completion powershell >> $PROFILE

For zsh the folder must be in $fpath: add `fpath+=~/.zfunc` to ~/.zshrc, above `compinit`. The
folder must exist. Then open a new shell.
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """Completion for PowerShell 5.1 and 7; the words so far come one to a line."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = $commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text.Trim("'", '"') }
    $env:COMP_WORDS = @($words) -join "`n"
    $env:COMP_INCOMPLETE = $wordToComplete.Trim("'", '"')
    $env:%(complete_var)s = "powershell_complete"
    try {
        %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -eq "plain") {
                if (-not $help) { $help = $value }
                [System.Management.Automation.CompletionResult]::new(
                    $value, $value, "ParameterValue", $help)
            } else {
                [System.Management.Automation.CompletionCompleters]::CompleteFilename(
                    $env:COMP_INCOMPLETE)
            }
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_INCOMPLETE, Env:%(complete_var)s
    }
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is typed, without the program, and that one."""
        words = os.environ["COMP_WORDS"].splitlines()[1:]
        incomplete = os.environ.get("COMP_INCOMPLETE", "")
        if incomplete and words and words[-1] == incomplete:
            words.pop()
        return words, incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return a line: kind, value and help, divided by tabs."""
        return f"{item.type}\t{item.value}\t{item.help or ''}"


def complete(command: click.Command) -> bool:
    """Answer a shell that asks for completions; return False where none asks."""
    instruction = os.environ.get(VARIABLE, "")
    if not instruction:
        return False
    shell_complete(command, {}, _PROGRAM, VARIABLE, instruction)
    sys.stdout.flush()
    return True


@click.command(help=_HELP)
@click.argument("shell", type=click.Choice(_SHELLS, case_sensitive=False))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script of a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, _PROGRAM, VARIABLE).source())
