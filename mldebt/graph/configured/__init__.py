"""Which keys of a configuration code reads.

`tables` has what the files define, `flow` follows it through the code in walks over statements (`walk`), `expressions`
and `calls`, `scopes` says what a name means, `words` looks for keys that are spoken of out of sight, `keys` puts it
together.
"""
