"""What `mldebt new-rule` writes: a rule, its page, its registration and, where there is none yet, a plug-in."""
