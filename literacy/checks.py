"""System checks of the learning side."""
