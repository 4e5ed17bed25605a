"""Pure functions of (id, group, label, score): metrics, intervals, untrained heads, prediction files, rescoring."""
