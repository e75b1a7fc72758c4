"""The abstract evaluation of a repository: what its code would do, without running it.

Where to begin reading: `entries` starts at modules, endpoints and functions that nobody calls; `machine` keeps the
state and runs statements; `statements`, `loops`, `expressions` and `conditions` say what each does; `calls`,
`attributes` and `special_methods` find what is meant; `containers` and `language` are what Python itself brings.

A call into a library goes through `libraries`: the knowledge base says what it is, one of these carries it out:
`reading`, `writing`, `objects` (save, load), `handles` (open files), `queries` (SQL), `storage` and `naming`
(identity); `tables`, `reshaping`, `joining`, `grouping`, `elementwise`, `column_names` (frames); `models`, `training`,
`evaluation`, `networks`; `builders`, `orm` (classes that stand for tables), `web`; `surroundings` (environment, command
line, configuration, seeds).

Frameworks that call functions: `orchestration`, `assets`, `catalog` and `exchange` read the wiring off the code,
`wiring` runs it in the order in which the data flows, `jobs` keeps what runs when.

What is known of a value is in `values`, `joins`, `absence` (what may be None), `strings`, `paths`, `frames`,
`selection`. What is left behind is the `trace`; `mldebt.graph` makes the graph of it.
"""
