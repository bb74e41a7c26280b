"""Hide who and what number a text names, before it is stored: Swedish, Norwegian and Danish.

    Redactor("sv").redact("Jag heter Anna Lind.").text == "Jag heter [PERSON_1]."

numbers, mail, places, people    what each kind looks like, written and spoken
words/, names/                   what people say around it, per language
cases/, measuring                own sentences, and how much of them is found
"""

from coaching.signals.redaction.kinds import Kind, Span
from coaching.signals.redaction.redactor import Finder, Found, Redacted, Redactor

__all__ = ["Finder", "Found", "Kind", "Redacted", "Redactor", "Span"]
