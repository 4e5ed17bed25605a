"""Studies: one run (a fit and its scores), and where its numbers come from."""
