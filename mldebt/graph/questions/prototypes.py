"""Notebooks and experiments that production depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.questions.jobs import EXPERIMENTAL_FOLDERS, EXPERIMENTAL_NAMES, prototype_nature
from mldebt.sites import Site


class Promoted(Struct, frozen=True):
    """A prototype that production runs: why it is one, what runs it, and the units that import it, if any do.

    `importers` leads from the unit that is run to the one that imports the prototype, each importing the next.
    """

    unit: Unit
    nature: str
    roots: tuple[Site, ...]
    importers: tuple[Unit, ...] = ()

    @property
    def tested(self) -> bool:
        """Tests run the unit, too."""
        return "test" in self.unit.roles


def prototypes_in_production(graph: Graph) -> Iterator[Promoted]:
    """Notebooks, scratch code and half-named files that a schedule, deployment, service or stage reaches."""
    importers = _importers(graph)
    for file, unit in sorted(graph.units.items()):
        nature = prototype_nature(unit)
        if not nature or not unit.production or "example" in unit.roles or _only_shows(graph, unit):
            continue
        if _is_a_package_of_its_own(unit) or _is_a_command(unit):
            continue
        inherited = [importer for importer in importers.get(file, ()) if set(unit.roots) <= set(importer.roots)]
        if not inherited:
            yield Promoted(unit, nature, _manifests_first(graph, unit))
        elif not any(prototype_nature(importer) for importer in inherited):
            roots = _manifests_first(graph, unit)
            yield Promoted(unit, nature, roots, _chain(importers, inherited[0], roots[:1]))


def _is_a_package_of_its_own(unit: Unit) -> bool:
    """Whether the folder for which it counts as a prototype is a package that only its own command starts: people run
    their experiments by that."""
    *folders, name = unit.file.split("/")
    at = next((at for at, folder in enumerate(folders) if folder.lower() in EXPERIMENTAL_FOLDERS), None)
    if at is None or EXPERIMENTAL_NAMES.search(name) or unit.kind == "notebook":
        return False
    home, package = "".join(f"{folder}/" for folder in folders[:at]), "/".join(folders[: at + 1]) + "/"
    roots = {root.file for root in unit.roots if not root.file.startswith(package)}
    return bool(roots) and roots <= {f"{home}pyproject.toml", f"{home}setup.cfg", f"{home}setup.py"}


def _is_a_command(unit: Unit) -> bool:
    """Whether nothing but its own `@hydra.main` or `@click.command` says that it is run: people do that by hand."""
    return bool(unit.roots) and all(root.file == unit.file for root in unit.roots)


def _only_shows(graph: Graph, unit: Unit) -> bool:
    """A notebook that reads data, learns nothing and stores nothing: people look at what it shows when it is run."""
    hidden = [gap for gap in graph.of_kind("gap") if gap.attributes.get("blocks") != "READS"]
    stores: list[Edge | Node] = [*graph.edges_of_kind("WRITES", "PERSISTS", "TRAINS_ON"), *hidden]
    reads = unit.kind == "notebook" and _is_in(unit, graph.edges_of_kind("READS", "LOADS"))
    return reads and not _is_in(unit, stores)


def _is_in(unit: Unit, things: Iterable[Edge | Node]) -> bool:
    return any(site.file == unit.file for thing in things for site in thing.sites)


def _manifests_first(graph: Graph, unit: Unit) -> tuple[Site, ...]:
    """What runs a unit; a schedule or manifest tells more than the code of an endpoint."""
    return tuple(sorted(unit.roots, key=lambda site: (site.file in graph.units, site)))


def import_site(importer: Unit, imported: Unit) -> Site:
    """Where a unit brings in another."""
    return dict(zip(importer.imports, importer.import_sites)).get(imported.file, Site(importer.file, 1, 1))


def _chain(importers: Mapping[str, Sequence[Unit]], last: Unit, root: Sequence[Site]) -> tuple[Unit, ...]:
    """The shortest chain of imports down to `last`, from a unit that no other with this root imports."""
    waiting: list[tuple[Unit, ...]] = [(last,)]
    seen = {last.file}
    for chain in waiting:
        above = [unit for unit in importers.get(chain[0].file, ()) if set(root) & set(unit.roots)]
        if not above:
            return chain
        for unit in above:
            if unit.file not in seen:
                seen.add(unit.file)
                waiting.append((unit, *chain))
    return (last,)


def _importers(graph: Graph) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for _, unit in sorted(graph.units.items()):
        for imported in unit.imports if unit.production else ():
            found.setdefault(imported, []).append(unit)
    return found
