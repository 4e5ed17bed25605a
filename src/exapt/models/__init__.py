"""Networks: they know tokens and logits, and nothing of tasks."""
