"""A file of people: what each line would do, in words, and then all of it or nothing.

In: CSV or a workbook with an address, names, a language, a team, a role and its first day.
Out: people with their roles, by `literacy.people`. The file itself is kept nowhere.
"""

from coaching.intake.people_file.planning import Line, Plan, Refused, carry_out, plan

__all__ = ["Line", "Plan", "Refused", "carry_out", "plan"]
