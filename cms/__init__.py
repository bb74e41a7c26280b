"""For the author: page basics, blocks, editor menus. Knows no learner."""
