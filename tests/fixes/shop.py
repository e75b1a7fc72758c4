"""Code and the fixes of it, without a scan."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mldebt.fixes.apply import edited_file
from mldebt.fixes.made import Tools
from mldebt.fixes.offers import offered
from mldebt.graph.model import Graph, Unit
from mldebt.knowledge.loader import Knowledge, load_knowledge
from mldebt.rules.fix import SAFE, Change, Fix
from mldebt.rules.model import Finding
from mldebt.rules.result import SourceText
from mldebt.sites import Site

FILE = "train.py"


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def line_of(text: str, code: str) -> Site:
    number = next(number for number, line in enumerate(text.splitlines(), 1) if code in line)
    return Site(FILE, number, number)


def fixed(
    text: str, *changes: Change, imported: bool = False, config: str = "", file: str = FILE
) -> tuple[str, str] | None:
    """How safe the fix is and what the file is then (the file that is changed, if it is another); None without one."""
    units = {"other.py": Unit("other.py", "module", imports=(FILE,))} if imported else {}
    source = SourceText(Path("/nowhere"), {file: text, "mldebt.toml": "", "pyproject.toml": "[tool.mldebt]\n"})
    tools = Tools(source, knowledge(), Graph(units=units), Path("/nowhere").joinpath, config)
    finding = Finding(
        "TST001", "r", "m.", "low", "certain", ("x",), (Site(FILE, 1, 1),), fixes=(Fix("f", changes, SAFE),)
    )
    (offer,) = offered([finding], tools)
    if not offer.fixes:
        return None
    fix = offer.fixes[0]
    name = fix.edits[0].file
    return fix.safety, edited_file(source.text(name), fix.edits)
