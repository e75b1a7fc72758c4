"""Rules about what mldebt itself can't see."""
