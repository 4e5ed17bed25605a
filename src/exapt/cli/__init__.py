"""The command line: the verbs, sweeps and launchers; the only room that knows Hydra."""
