"""Make the pages of the site that come from the code, and take in those that lie beside `docs/`.

mkdocs calls these functions. Links that lead out of `docs/` are turned to the pages made here; a
link to any other file of the repository becomes the file's name, as a site has no such files.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

import click
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
#: Files beside docs/, and the pages that they become.
BESIDE = {
    "MODEL_CARD.md": "model-card.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changes.md",
    "README.md": "index.md",
}
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
_CHOICES = re.compile(r"\[([^\]]*\|[^\]]*)\]")
_RANGE = re.compile(r"\[([\d.]+)<=x<=([\d.]+)\]")
_FIGURES = "<!-- figures of the model card -->"


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made."""
    made = {page: _text(name) for name, page in BESIDE.items() if page != "index.md"}
    made["reference/commands.md"] = commands_page()
    made["reference/report-json.md"] = schema_page()
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put the figures of the model card in, and turn links that lead out of docs/."""
    if _FIGURES in markdown:
        markdown = markdown.replace(_FIGURES, figures())
    here = page.file.src_uri
    if here == "index.md":
        page.meta["hide"] = ["navigation"]
    home = next((n for n, made in BESIDE.items() if made == here != "index.md"), f"docs/{here}")
    return turn_links(markdown, home, here)


def turn_links(markdown: str, home: str, here: str) -> str:
    """Return Markdown with its links turned to pages of the site.

    Args:
        markdown: of the page.
        home: the file of the repository in which it stands.
        here: the page of the site that it became.
    """
    return _LINK.sub(lambda m: _turned(m, home, here), markdown)


def figures() -> str:
    """Return the table of figures and goals of the model card."""
    card = _text("MODEL_CARD.md").split("**Figures and goals**\n\n")[1]
    return card.split("\n\n")[0]


def commands_page() -> str:
    """Return a page of every command with its options, as `--help` has them."""
    from corcal.cli.main import SECTIONS, corcal  # noqa: PLC0415

    parts = [
        "# Commands\n\nMade from the commands themselves: `corcal COMMAND --help` says the same. "
        "How a command ends, and what it prints in scripts: "
        "[How a command behaves](../command-line.md).\n"
    ]
    top = click.Context(corcal, info_name="corcal")
    for section, names in SECTIONS.items():
        parts.append(f"## {section}\n")
        for name in names:
            command = corcal.get_command(top, name)
            assert command is not None
            parts += _command(command, click.Context(command, top, name))
    return "\n".join(parts)


def schema_page() -> str:
    """Return a page of every value of report.json, from its schema."""
    from corcal.report import report_schema  # noqa: PLC0415

    schema = report_schema()
    lines = [
        f"# report.json\n\n{schema.get('description', schema['title'])}\n",
        f"`$id`: `{schema['$id']}`, JSON Schema draft 2020-12; `corcal.report.report_schema()` "
        "returns it. Lengths are in mm, places in LPS (left, posterior, head).\n",
        "| value | type | meaning |\n|---|---|---|",
    ]
    lines += [f"| `{path}` | {kind} | {text} |" for path, kind, text in _values(schema, schema, "")]
    return "\n".join(lines) + "\n"


def _command(command: click.Command, context: click.Context) -> list[str]:
    usage = command.get_usage(context).removeprefix("Usage: ")
    text = (command.help or "").replace("\f", "")
    level = "###" if context.parent and context.parent.parent is None else "####"
    parts = [f"{level} {context.command_path}\n", f"    {' '.join(usage.split())}\n", _prose(text)]
    rows = []
    for option in command.get_params(context):
        record = option.get_help_record(context)
        if record is not None and record[1] and "--help" not in record[0]:
            name, meaning = (" ".join(part.split()) for part in record)
            if choices := _CHOICES.search(name):
                name = name.replace(choices.group(0), "").strip()
                meaning = f"`{'`, `'.join(choices.group(1).split('|'))}`. {meaning}"
            meaning = meaning.replace("|", "\\|")
            meaning = _RANGE.sub(r"[\1 to \2]", meaning)
            rows.append(f"| `{name}` | {meaning} |")
    if rows:
        parts.append("| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            parts += _command(below, click.Context(below, context, name))
    return parts


def _prose(text: str) -> str:
    """Return a help text as Markdown; what click keeps unwrapped becomes a code block."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines()]
        if lines and lines[0] == "\b":
            blocks.append("\n".join(f"    {line}" for line in lines[1:]))
        else:
            blocks.append(" ".join(lines))
    return "\n\n".join(blocks) + "\n"


def _values(node: dict[str, Any], schema: dict[str, Any], path: str) -> list[tuple[str, str, str]]:
    if "$ref" in node:
        target: Any = schema
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
    rows = []
    if path:
        rows.append((path, _kind(node), str(node.get("description", "")).replace("|", "\\|")))
    for name, below in node.get("properties", {}).items():
        if name in ("LAD", "LCX"):
            rows.append((f"{path}.{name}", "object", "the same values as of the RCA"))
            continue
        rows += _values(below, schema, f"{path}.{name}" if path else name)
    if isinstance(node.get("items"), dict) and {"properties", "$ref"} & node["items"].keys():
        rows += _values(node["items"], schema, f"{path}[]")[1:]
    return rows


def _kind(node: dict[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "const" in node:
        return f"`{node['const']}`"
    kind = node.get("type", "object")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _turned(match: re.Match[str], home: str, here: str) -> str:
    text, target = match.groups()
    if "://" in target or target.startswith(("#", "mailto:")):
        return match.group(0)
    path, _, anchor = target.partition("#")
    file = posixpath.normpath(posixpath.join(posixpath.dirname(home), path))
    if file in ("docs", "docs/."):
        file = "docs/index.md"
    page = BESIDE.get(file) or (file.removeprefix("docs/") if file.startswith("docs/") else "")
    if not page:
        return text if text.startswith("`") else f"{text} (`{file}`)"
    way = posixpath.relpath(page, posixpath.dirname(here) or ".")
    return f"[{text}]({way}{'#' + anchor if anchor else ''})"


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
