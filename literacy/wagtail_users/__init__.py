"""Wagtail's user pages without anything that tells when a colleague was here."""
