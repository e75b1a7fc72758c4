"""What files declare of data, parameters and tables, as claims that the code of a repository can be compared with."""
