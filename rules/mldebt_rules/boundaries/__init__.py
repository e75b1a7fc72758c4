"""Debt at the boundaries between models, and between models and those who use them."""
