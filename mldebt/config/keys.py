"""All keys that a configuration may have: what they hold, what they are for, an example of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mldebt.config.knowledge import Knowledge
from mldebt.config.members import WORKSPACE
from mldebt.config.model import Consumer, Override, Waiver
from mldebt.config.shapes import Count, Day, Field, File, Flag, Listed, Mapped, OneOf, Options, Record, Shape, Text
from mldebt.config.version import version_problem
from mldebt.levels import NEVER, SEVERITIES

ROLES = ("train", "eval", "serve", "score", "explore", "test", "ops", "example", "library")
TEXTS = Listed(Text(), "a list of texts")


class Key(Struct, frozen=True):
    shape: Shape
    default: str
    help: str
    example: str
    """As it stands in a file."""


KEYS: Mapping[str, Key] = {
    "required-version": Key(
        Text(check=version_problem), "any", "The versions of mldebt that this configuration is for.",
        'required-version = ">=0.1"',
    ),
    "root": Key(
        Flag(), "false", "Whether this folder is a repository of its own, although it lies in a larger one.",
        "root = true",
    ),
    "select": Key(
        TEXTS, "the rules that run by default",
        "Rules that run: codes, beginnings of codes, names, or ALL.", 'select = ["ALL"]',
    ),
    "extend-select": Key(
        TEXTS, "[]", "Rules that run besides those of `select`.", 'extend-select = ["MLD409"]',
    ),
    "ignore": Key(TEXTS, "[]", "Rules that don't run; the more exact one of this and `select` wins.",
                  'ignore = ["MLD001"]'),
    "exclude": Key(TEXTS, "[]", "Files to leave out, in the manner of .gitignore.", 'exclude = ["archive/"]'),
    "per-file-ignores": Key(
        Mapped(TEXTS), "{}",
        "Rules whose findings don't count in some files. Patterns are those of .gitignore; with ! before it, a pattern "
        "stands for all other files.",
        '[per-file-ignores]\n"notebooks/" = ["MLD801"]\n"!src/" = ["MLD2"]',
    ),
    "overrides": Key(
        Listed(
            Record(
                {
                    "paths": Field(TEXTS, "Patterns of files, in the manner of .gitignore.", required=True),
                    "extend-select": Field(TEXTS, "Rules that run besides, for these files."),
                    "ignore": Field(TEXTS, "Rules whose findings don't count in these files."),
                    "severity": Field(Mapped(OneOf(SEVERITIES)), "Severities of rules in these files."),
                },
                Override,
                'a table with "paths"',
            ),
            'a list of tables with "paths"',
        ),
        "[]", "What is different in some files; of several that fit, later ones win.",
        '[[overrides]]\npaths = ["experiments/", "notebooks/"]\nignore = ["MLD7"]\nseverity = { MLD203 = "low" }',
    ),
    "fail-on": Key(
        OneOf((*SEVERITIES, NEVER)), "low", "The least severity with which findings make `check` end with 1.",
        'fail-on = "medium"',
    ),
    "budget": Key(
        Count("a number of minutes, 0 or more"), "0",
        "Minutes of work that the findings which count may take together before `check` ends with 1.",
        "budget = 60",
    ),
    "baseline": Key(
        File(exists=False), "none", "A file with debt that was there before: only new debt counts.",
        'baseline = "mldebt-baseline.json"',
    ),
    "require-reason": Key(
        Flag(), "false", "Whether a comment that suppresses a finding must say why.", "require-reason = true",
    ),
    "waivers": Key(
        Listed(
            Record(
                {
                    "rule": Field(Text(), "The code or name of the rule.", required=True),
                    "thing": Field(
                        Text(), "A data set, column, model …, by its name or a pattern with * and ?.", required=True
                    ),
                    "reason": Field(Text(), "Why it is accepted.", required=True),
                    "until": Field(Day(), "The last day on which it is accepted."),
                },
                Waiver,
                'a table with "rule", "thing" and "reason"',
            ),
            'a list of tables with "rule", "thing" and "reason"',
        ),
        "[]", "Debt that is accepted, wherever its code goes.",
        '[[waivers]]\nrule = "MLD204"\nthing = "data/archive/*"\nreason = "kept for the auditors"\nuntil = 2027-06-30',
    ),
    "knowledge": Key(
        Knowledge(), "[]",
        "What the calls of your own libraries do: files that say it, or tables with the function as `call`.",
        '[[knowledge]]\ncall = "acme_data.load_table"\nop = "read"\nname = [0, "table"]\nstore = "table"',
    ),
    "consumers": Key(
        Listed(
            Record(
                {
                    "dataset": Field(Text(), "What is published: a name, or a pattern with *.", required=True),
                    "consumer": Field(Text(), "Who uses it: a file, a team, a system.", required=True),
                    "owner": Field(Text(), "Who answers for the consumer."),
                    "reason": Field(Text(), "What for, or where that was agreed."),
                    "columns": Field(TEXTS, "The columns that it relies on: a contract, which MLD003 keeps."),
                },
                Consumer,
                'a table with "dataset" and "consumer"',
            ),
            'a list of tables with "dataset" and "consumer"',
        ),
        "[]", "Who uses what you publish, where the code doesn't show it.",
        '[[consumers]]\ndataset = "data/scores/*.parquet"\nconsumer = "pricing"\nowner = "team-pricing"\n'
        'reason = "agreed in June"\ncolumns = ["order_id", "eta_minutes"]',
    ),
    "owners": Key(
        Mapped(Text()), "CODEOWNERS", "Whose code is whose: patterns of files and teams.",
        '[owners]\n"pricing/**" = "team-pricing"',
    ),
    "roles": Key(
        Mapped(Listed(OneOf(ROLES), f"a list of roles: {', '.join(ROLES)}")), "what the code shows",
        "What files are for, where the code doesn't show it: patterns of files and their roles.",
        '[roles]\n"jobs/nightly_*.py" = ["score"]',
    ),
    "workspace": Key(
        WORKSPACE, "none",
        "Repositories that are looked at together, in one graph.",
        '[workspace]\nrepositories = ["scoring", "pricing"]',
    ),
    "rules": Key(
        Mapped(Options()), "{}", "For each rule by its name, its severity and the options that its page lists.",
        '[rules.unused-dataset]\nseverity = "low"',
    ),
}  # fmt: skip


def schema() -> dict[str, Any]:
    """A JSON schema of the configuration, for editors; TOML's dates are texts in it."""
    properties = {name: {"description": key.help, **key.shape.schema()} for name, key in KEYS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of mldebt: mldebt.toml, .mldebt.toml, or [tool.mldebt] in pyproject.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
