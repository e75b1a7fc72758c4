"""Steps between jobs that only a person can do: files that lie on one person's computer, questions to who is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.questions.jobs import is_at_work
from mldebt.graph.questions.lineage import reachable
from mldebt.graph.records import Prompt
from mldebt.sites import Site

WORKING = frozenset({"train", "score", "serve"})
_HOME = re.compile(
    r"^(?:file:/*)?(?P<home>/home/(?P<linux>[\w.-]+)|/Users/(?P<mac>[\w. -]+)"
    r"|[A-Za-z]:[\\/]+Users[\\/]+(?P<windows>[\w. -]+)"
    r"|~[\\/](?:Desktop|Downloads|Documents)|/media/(?P<drive>[\w.-]+)/[\w.-]+)(?=[\\/]|$)"
)
_SHARED = re.compile(
    r"^(ubuntu|ec2-user|jovyan|airflow|runner|app|appuser|user|root|jupyter|hadoop|spark|vscode|circleci|docker|node|"
    r"azureuser|studio-lab-user|sagemaker-user|site|www-data|nobody|default|public|shared|worker|service|svc[\w-]*|"
    r"deploy|glue_user|model-server|ray|dagster|prefect|mlflow|python|nonroot|admin|username|your.*|me|vagrant|coder|"
    r"gitpod|codespace|kaggle|content|trainer|mluser|containeruser|fast|ssd\d*|nvme\d*|hdd\d*|disks?\d*|data\d*|"
    r"scratch|storage|share|work|workspace|raid\d*)$",
    re.IGNORECASE,
)


class PersonalFile(Struct, frozen=True):
    """A stored thing below the folder of a person, the edge by which code takes or makes it, and that code.

    `maker`: other code of the repository that writes it, "" where none does.
    """

    node: Node
    edge: Edge
    site: Site
    unit: Unit
    home: str
    person: str
    maker: str = ""


def personal_files(graph: Graph) -> Iterator[list[PersonalFile]]:
    """What code at work reads and writes in the folders of persons; what lies with one person together."""
    found: dict[str, list[PersonalFile]] = {}
    for edge in graph.edges_of_kind("READS", "LOADS", "WRITES", "PERSISTS"):
        node = graph[edge.source if edge.kind in ("READS", "LOADS") else edge.target]
        match = _HOME.match(node.name) if node.kind in ("dataset", "artifact") else None
        person = next(filter(None, match.groups()[1:]), "") if match else ""
        if match is None or _SHARED.match(person):
            continue
        for site in sorted(edge.sites):
            unit = graph.unit_of(site)
            if is_at_work(unit) and (unit.production or unit.roles & WORKING or _is_learned(graph, edge)):
                home = match["home"].replace("\\", "/")
                found.setdefault(home, []).append(
                    PersonalFile(node, edge, site, unit, home, person, _maker(graph, node, unit))
                )
    for home in sorted(found):
        yield sorted(found[home], key=lambda file: (file.edge.kind not in ("READS", "LOADS"), file.site, file.node.id))


def prompts(graph: Graph) -> Iterator[tuple[Prompt, ...]]:
    """Where code at work waits for a person although a schedule, a stage or a workflow starts it; by file."""
    found: dict[str, list[Prompt]] = {}
    for prompt in sorted(graph.prompts, key=lambda prompt: prompt.site):
        if is_at_work(graph.unit_of(prompt.site)):
            found.setdefault(prompt.site.file, []).append(prompt)
    yield from map(tuple, found.values())


def _is_learned(graph: Graph, edge: Edge) -> bool:
    """Whether a model learns from what is read, however often it is stored between."""
    behind = reachable(graph, [edge.target], ("DERIVES", "WRITES", "READS")) if edge.kind == "READS" else ()
    return any(graph.out(node, "TRAINS_ON") for node in behind)


def _maker(graph: Graph, node: Node, reader: Unit) -> str:
    makers = {site.file for edge in graph.into(node.id, "WRITES", "PERSISTS") for site in edge.sites}
    return min(makers - {reader.file}, default="")
