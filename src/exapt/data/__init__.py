"""Where examples meet a tokenizer: encoding, batch plans, loaders."""
