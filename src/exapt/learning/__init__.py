"""Learning: the recipe, the module that joins network and loss, fitting with exact resume, prediction."""
