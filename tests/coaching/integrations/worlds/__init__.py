"""Platforms on a good day: each module answers every call of one full pull."""

SIGN_IN_IS_FINAL = ("/oauth", "/token", "/authentication", "/sts")  # a refusal there is no accident
