"""Canonical expressions: one form for what is computed, whichever library or language it is written in.

`term` is what an expression is and how it is written out, `algebra` which expressions are the same. `difference` says
whether two of them differ, by computing both on the same tables of examples: `samples` makes these, `running` computes
(`elements`, `moments`, `statistics`, `windows`), `classes` names what they differ in.
"""

from mldebt.terms.algebra import apply
from mldebt.terms.term import HOLE, Term, brief, column, const, is_predicted, predicted, substitute

__all__ = ["HOLE", "Term", "apply", "brief", "column", "const", "is_predicted", "predicted", "substitute"]
