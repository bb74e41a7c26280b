"""What managers see: pages, files and an API, made from released cells and nothing else."""
