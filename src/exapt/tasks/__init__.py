"""Tasks: where tables of examples come from."""
