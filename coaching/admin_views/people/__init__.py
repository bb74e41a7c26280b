"""People and teams: who has a place here, in which team and with which roles.

For administrators alone, like the rest of the CMS's rooms; nothing about learning is shown.
"""
