"""The one door: once a week, learners' rows become levels of teams, here and nowhere else."""
