"""For the learner: people, competences, modules, attempts, mastery, reviews and privacy."""
