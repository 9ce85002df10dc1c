"""`alpr selftest`: does this box still give the known answers? Read `known_answers`, then the tables."""
