"""Privacy of a person: what is kept, who may see it, which notices are in force."""
