"""Compares includes with the edges that add_module states: check_edges.py [ROOT]

Complains about an include of a module that is not reachable through DEPS, an edge that others already
imply, an edge to a module that does not exist, and cycles. Exits 1 when there is something to complain about.
"""

import pathlib
import sys

import project

Modules = dict[str, project.Module]


def find_cycle(modules: Modules) -> list[str] | None:
    """One cycle as names with the first repeated at the end, or None."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return path[path.index(name) :] + [name]
        if name in done or name not in modules:
            return None
        for dep in modules[name].deps:
            if cycle := visit(dep, path + [name]):
                return cycle
        done.add(name)
        return None

    return next((cycle for name in modules if (cycle := visit(name, []))), None)


def reachable(modules: Modules, name: str) -> set[str]:
    """Every module below `name`; the graph has no cycle."""
    below: set[str] = set()
    for dep in modules[name].deps:
        if dep in modules:
            below |= {dep} | reachable(modules, dep)
    return below


def owner(modules: Modules, file: pathlib.Path) -> str | None:
    """The module whose folder is the file's own folder or the nearest one above it."""
    folders = {module.folder: module.name for module in modules.values()}
    return next((folders[folder] for folder in file.parents if folder in folders), None)


def module_of(root: pathlib.Path, modules: Modules, name: str) -> str | None:
    """The module that `#include "name"` reaches into; None when there is no such file.

    A header that the build makes is included as "MODULE_generated/file.h", slashes in MODULE as underscores.
    """
    if file := project.resolve(root, name):
        return owner(modules, file)
    generated = {module.replace("/", "_") + "_generated": module for module in modules}
    return generated.get(name.partition("/")[0])


def edge_complaints(modules: Modules) -> list[str]:
    complaints = []
    for module in modules.values():
        for dep in module.deps:
            if dep not in modules:
                complaints.append(
                    f"{module.stated_in}: '{module.name}' depends on '{dep}', which does not exist"
                )
            for other in module.deps:
                if other != dep and other in modules and dep in reachable(modules, other):
                    complaints.append(
                        f"{module.stated_in}: the edge '{module.name}' → '{dep}' is redundant: "
                        f"'{other}' brings it; remove it from DEPS"
                    )
    return complaints


def include_complaints(root: pathlib.Path, modules: Modules) -> list[str]:
    below = {name: reachable(modules, name) for name in modules}
    complaints = []
    for file in project.files(root):
        module = owner(modules, file)
        if file.suffix not in project.CXX or module is None:
            continue
        for line, name in project.includes(root, file):
            other = module_of(root, modules, name)
            if other is None:
                complaints.append(f'{file}:{line}: "{name}" is no file of a module; write "module/file.h"')
            elif other != module and other not in below[module]:
                complaints.append(
                    f"{file}:{line}: '{module}' includes \"{name}\" but '{other}' is not in its DEPS; "
                    f"state the edge in {modules[module].stated_in} or remove the include"
                )
    return complaints


def complaints(root: pathlib.Path) -> list[str]:
    modules = project.modules(root)
    if cycle := find_cycle(modules):
        return ["modules depend on each other in a circle: " + " → ".join(cycle)]
    return edge_complaints(modules) + include_complaints(root, modules)


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    found = complaints(root)
    print(
        "\n".join(found) if found else f"{len(project.modules(root))} modules, every include on a stated edge"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
