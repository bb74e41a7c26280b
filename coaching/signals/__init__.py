"""What texts and recordings of a contact say: pure functions, no rows, never an employee's mood.

customer     transcript segments -> what the customer said; text signals read nothing else
language     a contact's texts -> its language
embedding    texts -> vectors
sentiment    texts -> chances of negative, neutral, positive, and the contact's trend
topics       texts -> what the contact was about, with the line that says so
"""
