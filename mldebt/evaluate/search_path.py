"""Where imports find the modules of a repository: what would stand on the path that Python searches."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from posixpath import normpath

from mldebt.read.facts import FileFacts


class SearchPath:
    """`facts`: of the files that there are, by name."""

    def __init__(self, facts: Mapping[str, FileFacts]) -> None:
        self._facts = facts
        code = [file for file in facts if file.endswith(".py")]
        self.folders = {str(parent) for file in code for parent in PurePosixPath(file).parents}
        """Those of code, and all above them."""
        self._roots = self._source_roots()
        self._far: dict[str, dict[str, str]] = {}
        self._near: dict[str, list[str]] = {}

    def module_file(self, dotted: str, file: str, far: bool = True) -> str | None:
        """The file of an absolute import, as seen from `file`; None for what is not in the repository.

        `far`: whether other source roots than the folders upwards count, too.
        """
        if dotted.partition(".")[0] not in self._importable:
            return None
        path = dotted.replace(".", "/")
        folder = file.rpartition("/")[0] or "."
        bases = (folder,) if dotted.partition(".")[0] in sys.stdlib_module_names else upwards(folder)
        for base in bases:
            if found := self._module_at(base, path):
                return None if found == file and "/" not in path else found
        return (self._far_module(path, folder) or self._module_of_package(path, file)) if far else None

    def relative_module(self, module: str, level: int, file: str) -> str | None:
        """The file of `from ..module import x` in `file`."""
        folder = PurePosixPath(file).parent
        for _ in range(level - 1):
            folder = folder.parent
        path = module.replace(".", "/")
        if not path:
            package = joined_below(str(folder), "__init__.py")
            return package if package in self._facts else None
        return self._module_at(str(folder), path)

    def is_package_folder(self, dotted: str, file: str) -> str | None:
        """A folder of modules without `__init__.py` (a name-space package), from the root."""
        path = dotted.replace(".", "/")
        if dotted.partition(".")[0] in sys.stdlib_module_names:
            return None
        for base in upwards(str(PurePosixPath(file).parent)):
            folder = path if base == "." else f"{base}/{path}"
            if folder in self.folders:
                return folder
        return None

    def _source_roots(self) -> tuple[str, ...]:
        """Folders from which modules can be imported: those above Python files that are no packages, shallow first."""
        folders = {str(PurePosixPath(file).parent) for file in self._facts if file.endswith(".py")}
        roots = {each for folder in folders for each in upwards(folder)} | {"."}
        roots = {root for root in roots if joined_below(root, "__init__.py") not in self._facts}
        return tuple(sorted(roots, key=lambda root: (root.count("/"), root)))

    def _far_module(self, path: str, folder: str) -> str | None:
        """A module below another source root: one beside the way up (`src`), else the only one of that name."""
        if path.partition("/")[0] in sys.stdlib_module_names:
            return None
        found = self._far_modules(path)
        near = [base for base in found if above(base) in upwards(folder)] if found else []
        chosen = near[-1:] if near else list(found) if len(found) == 1 else []
        return found[chosen[0]] if chosen else None

    def _module_of_package(self, path: str, file: str) -> str | None:
        """A module of the one package beside the way up that is searched itself: `src`, with an `__init__.py`."""
        head, _, rest = path.partition("/")
        if head in sys.stdlib_module_names:
            return None
        near = self._packages_near(file.rpartition("/")[0] or ".")
        if not near:
            return None
        code = self._facts[file].packed if file in self._facts else b""
        names = {package: package.rpartition("/")[2] for package in near}
        told = [one for one in near if rest or names[one] == "src" or (b"sys" in code and names[one].encode() in code)]
        found = [module for one in told if (module := self._module_at(one, path))]
        return found[0] if len(found) == 1 else None

    def _packages_near(self, folder: str) -> list[str]:
        """The packages beside the way up from a folder."""
        known = self._near.get(folder)
        if known is None:
            way = upwards(folder)
            known = self._near[folder] = [package for package in self._packages if above(package) in way]
        return known

    @cached_property
    def _packages(self) -> tuple[str, ...]:
        """The folders of packages that lie in no other package."""
        folders = {str(PurePosixPath(file).parent) for file in self._facts if file.endswith("/__init__.py")}
        return tuple(sorted(folder for folder in folders if above(folder) not in folders))

    def _far_modules(self, path: str) -> dict[str, str]:
        """The files that a module may be in, by the source roots that they are below."""
        if path not in self._far:
            bases = self._roots_with.get(path.partition("/")[0], ())
            self._far[path] = {base: file for base in bases if (file := self._module_at(base, path))}
        return self._far[path]

    @cached_property
    def _importable(self) -> set[str]:
        """The names of all folders and modules: an import that begins with none of them comes from outside."""
        folders = {name for folder in self.folders for name in folder.split("/")}
        return folders | {file.rpartition("/")[2].removesuffix(".py") for file in self._facts}

    @cached_property
    def _roots_with(self) -> dict[str, list[str]]:
        """The source roots by the names of what can be imported from them."""
        within: dict[str, set[str]] = {}
        for file in self._facts:
            folder, _, name = file.rpartition("/")
            within.setdefault(folder or ".", set()).add(name.removesuffix(".py"))
            while folder:
                folder, _, name = folder.rpartition("/")
                within.setdefault(folder or ".", set()).add(name)
        found: dict[str, list[str]] = {}
        for root in self._roots:
            for name in sorted(within.get(root, ())):
                found.setdefault(name, []).append(root)
        return found

    def _module_at(self, base: str, path: str) -> str | None:
        stem = path if base == "." else f"{base}/{path}"
        for candidate in (f"{stem}.py", f"{stem}/__init__.py"):
            if candidate in self._facts:
                return candidate
        return None


@lru_cache(10_000)
def upwards(folder: str) -> tuple[str, ...]:
    pure = PurePosixPath(folder)
    return tuple(dict.fromkeys([str(pure), *(str(parent) for parent in pure.parents), "."]))


@lru_cache(10_000)
def above(folder: str) -> str:
    return str(PurePosixPath(folder).parent)


def joined_below(base: str, path: str) -> str | None:
    """Normalised join; None where it leaves the root."""
    joined = normpath(path if base == "." else f"{base}/{path}")
    return None if joined.startswith("..") else joined
