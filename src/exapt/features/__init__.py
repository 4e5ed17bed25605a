"""Numbers of an example without a model and without its label: lengths, k-mers, edit similarity."""
