"""Questions to the graph, one module for each theme; rules are made of them."""
