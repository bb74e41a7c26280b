"""The administrator's room in the CMS: platforms, their health, what needs a person, imports.

Everything here is for administrators alone; `urls` puts the guard around every page at once.
"""
