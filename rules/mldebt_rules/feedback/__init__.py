"""Models that learn from themselves."""
