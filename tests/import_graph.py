"""Reads which module imports which, from source text alone: nothing is imported to find out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Import:
    """One import, wherever it stands: at the top, in a function, under TYPE_CHECKING.

    Attributes:
        module: dotted name of the module that imports.
        target: dotted name of the module, or of something in it, that is imported.
        line: where.
    """

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}, line {self.line}, imports {self.target}"


@dataclass(frozen=True, slots=True)
class ImportGraph:
    """The modules of a package and their imports.

    Attributes:
        package: its name.
        modules: dotted names of its modules, sorted.
        imports: every import of each of them; a target in the package is one of `modules`.
    """

    package: str
    modules: tuple[str, ...]
    imports: tuple[Import, ...]

    @classmethod
    def read(cls, folder: Path) -> ImportGraph:
        """Parse every module in a package's folder."""
        files = {_name(file, folder): file for file in sorted(folder.rglob("*.py"))}
        found = [
            Import(module, _module_of(target, files), line)
            for module, file in files.items()
            for target, line in _targets(ast.parse(file.read_text("utf-8")), module, file)
        ]
        return cls(folder.name, tuple(files), tuple(found))

    def inner(self) -> list[Import]:
        """The imports of the package's own modules."""
        return [found for found in self.imports if found.target in self.modules]

    def outer(self) -> list[Import]:
        """The imports of everything else."""
        return [found for found in self.imports if found.target not in self.modules]

    def cycle(self) -> list[str]:
        """Modules of which each imports the next, the last the first; empty without a cycle."""
        targets: dict[str, set[str]] = {module: set() for module in self.modules}
        for found in self.inner():
            targets[found.module].add(found.target)
        while leaves := [module for module, others in targets.items() if not others]:
            for leaf in leaves:
                del targets[leaf]
            targets = {module: others - {*leaves} for module, others in targets.items()}
        return _walk(targets)


def _walk(targets: dict[str, set[str]]) -> list[str]:
    """Follow imports among modules that each import another until one comes again."""
    path: list[str] = []
    module = min(targets, default="")
    while module and module not in path:
        path.append(module)
        module = min(targets[module])
    return path[path.index(module) :] if module else []


def _name(file: Path, folder: Path) -> str:
    parts = [folder.name, *file.relative_to(folder).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _targets(tree: ast.AST, module: str, file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, file)
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)
        elif (name := _imported_by_call(node)) is not None:
            yield name


def _absolute(node: ast.ImportFrom, module: str, file: Path) -> str:
    if node.level == 0:
        return node.module or ""
    up = node.level - (file.name == "__init__.py")
    base = module.split(".")[: -up or None]
    return ".".join([*base, *([node.module] if node.module else [])])


def _imported_by_call(node: ast.AST) -> tuple[str, int] | None:
    """The target of `import_module("name")`."""
    match node:
        case ast.Call(
            func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return name, node.lineno
    return None


def _module_of(target: str, modules: dict[str, Path]) -> str:
    """The module that a dotted name is in, if it is one of these; else the name itself."""
    name = target
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name or target
