"""What is wrong with a task, and with a tokenizer on it, before anything is trained."""
