"""Tasks made from genomes."""
