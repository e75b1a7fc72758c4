"""The abstract evaluation of a repository: what its code would do, without running it.

Where to begin reading: `program` evaluates a repository part by part, `sharing` says which files share state and so
form a part, `schedule` in which order they come, `modules` holds those that others import, `heap` what these hold,
`outcome` is what a part comes to, `kept` keeps it for the next run, `moved` brings it to the lines where code stands
then, `processes` spreads parts. Within a part, `entries` starts at modules, endpoints
and functions that nobody calls; `machine` keeps the state and runs statements; `statements`, `definitions`, `loops`,
`expressions`, `comprehensions` and `truths` (what is decided) say what each does; `invocation`, `calls`, `attributes`,
`construction`, `hierarchy`, `inheritance` and `special_methods` find what is meant; `containers` and `language` are
what Python itself brings; `imports`, `injected` and `workspace` what lies around.

A call into a library goes through `libraries`: the knowledge base says what it is, `operations` finds who carries it
out: `reading`, `writing`, `objects` (save, load), `handles` (open files), `scratch` (memory, temporary files),
`queries` (SQL), `orm` (classes that stand for tables), `storage` and `naming` (identity), `builders`; `tables`,
`dropping`, `conditions`, `projection`, `formulas`, `renaming`, `reshaping`, `joining`, `cardinality`, `grouping`,
`elementwise`, `column_names`, `leaving_out` (frames); `models`, `feeding`, `training`, `evaluation`, `networks`,
`decisions`; `web`;
`surroundings`, `command_options`, `environment`, `settings` and `composition` (options, variables, configuration);
`seeds`; `meanings`,
`choices`, `terms_of`, `picking` (which rows), `positions` (columns by number), `tabled` (dictionaries and lists that
are asked for data) and `totals` (loops that add up) say how columns are computed.

Frameworks that call functions: `frameworks`, `decorators`, `orchestration`, `assets`, `components`, `flows`, `steps`,
`catalog`, `exchange`, `results`, `feature_services`, `fixtures` and `outside` read the wiring off the code, `wiring`
runs it in the order in which the data flows, `jobs` keeps what runs when.

`adjusting` (predictions that are changed in some cases) and `conversions` (representations that follow on each other)
look at what is written, sent and given to models.

What is known of a value is in `values`, `provenance`, `joins`, `absence` (what may be None), `strings`, `spelling`,
`paths`, `frames`, `keeping` (what is stored into them), `combining`, `selection`, `origins`. What is left behind is
the `trace`; `mldebt.graph` makes the graph of it.
"""
