"""Debt in what models depend on."""
