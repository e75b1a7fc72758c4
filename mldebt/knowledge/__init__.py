"""What calls into libraries are, as data: one TOML file for each library or close family, one entry a line.

    "pandas.read_csv" = { op = "read", name = [0, "filepath_or_buffer"], columns = ["usecols"], format = "csv" }
    "<frame>.to_csv" = { op = "write", data = "self", name = [0, "path_or_buf"], distinctive = true }
    "<frame>.{values,T}" = { op = "array", attribute = true, named = false }

A key is a dotted name with import aliases resolved, or `<kind>.name` for a method (`attribute = true`: an attribute) of
a kind of value. `{a,b}` lists several names; `*` stands for any part of a segment, `**` for any number of segments,
`[A-Z]` for one of some letters. The entry with the fewest wildcards wins, then the one with more literal text.

`op` says what happens; the other fields say which argument plays which part, as positions (the receiver not counted),
keywords, "self" (the receiver) or "*" (all positional arguments): the first that is present counts. `distinctive` marks
methods whose name alone gives them away. `schema.OPS` lists the operations with their fields. A table `[aliases]` maps
names that mean the same. Files of users may use any TOML notation and override what is here, name by name.
"""
