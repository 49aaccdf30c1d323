"""What the code must not do, wherever it stands."""

from __future__ import annotations

import ast
import re

from tests.house_rules.sources import (
    ROOT,
    SOURCE,
    dotted,
    everything,
    nodes,
    python_files,
    shown,
    text_of,
    tree_of,
)

#: Random numbers come from a generator that is passed in, so only its making is allowed.
GENERATOR = {"np.random.Generator", "np.random.default_rng", "np.random.SeedSequence"}


def test_only_the_command_line_prints() -> None:
    printing = [
        shown(path, node.lineno)
        for path in python_files("src")
        if path.parent != SOURCE / "cli"
        for node in nodes(path)
        if isinstance(node, ast.Call) and dotted(node.func) in ("print", "sys.stdout.write")
    ]
    assert printing == []


def test_no_environment_variable_decides_anything() -> None:
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    # A child process is given this one's environment and some variables more: it is only handed on.
    # A shell that completes a command line has no other way to ask.
    handing_on = {SOURCE / "runtime" / "child_process.py", SOURCE / "cli" / "completion.py"}
    using = [
        shown(path, node.lineno)
        for path in python_files("src")
        if path not in handing_on
        for node in nodes(path)
        if (isinstance(node, ast.Attribute) and dotted(node) in {f"os.{n}" for n in names})
        or (isinstance(node, ast.ImportFrom) and {a.name for a in node.names} & names)
    ]
    assert using == []


def test_no_random_numbers_from_hidden_state() -> None:
    hidden = [
        shown(path, node.lineno)
        for path in python_files("src")
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and dotted(node).replace("numpy.", "np.").startswith("np.random.")
        and dotted(node).replace("numpy.", "np.") not in GENERATOR
    ]
    assert hidden == []


def test_no_module_imports_everything_from_another() -> None:
    greedy = [
        shown(path, node.lineno)
        for path in python_files("src", "tests")
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert greedy == []


def test_every_folder_of_the_package_says_what_it_is() -> None:
    silent = [
        shown(path)
        for path in SOURCE.rglob("__init__.py")
        if ast.get_docstring(tree_of(path)) is None
    ]
    assert silent == []


def test_every_folder_of_tests_is_a_package() -> None:
    # Else two test files of one name in two folders cannot be collected together.
    folders = {path.parent for path in python_files("tests")}
    assert [shown(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


def test_no_text_names_a_place_on_somebodys_machine() -> None:
    places = ("/" + "work/", "/" + "root/", "/" + "home/", "C:" + "\\")
    texts = [*ROOT.glob("*.md"), *ROOT.glob("*.cff"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    texts += [p for folder in ("src", "docs", "examples") for p in (ROOT / folder).rglob("*.md")]
    texts += everything()
    naming = [
        shown(path, number)
        for path in texts
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if any(place in line for place in places)
    ]
    assert naming == []


def test_no_test_uses_a_private_name_of_another_module() -> None:
    private = re.compile(r"\b_(?!_)[a-z]\w*")
    using = [
        shown(path, node.lineno)
        for path in python_files("tests")
        for node in nodes(path)
        if (isinstance(node, ast.ImportFrom) and any(private.match(a.name) for a in node.names))
        or (isinstance(node, ast.Attribute) and private.match(node.attr) and not _own(node))
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"corcal(\.\w+)*\._[a-z]\w*", node.value)
        )
    ]
    assert using == []


def _own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def test_no_scan_is_named_in_the_package() -> None:
    # Which scans a model was trained on is said by the model's own JSON, and nowhere else.
    collections = re.compile(r"LCTSC|LIDC|CPTAC|Lung_Dx")
    naming = [
        shown(path)
        for path in SOURCE.rglob("*")
        if path.is_file() and path.suffix in (".py", ".md", ".toml", ".html", ".js")
        if collections.search(text_of(path))
    ]
    assert naming == []
