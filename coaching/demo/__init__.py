"""Vinterfjord, the demo organisation: a believable half year, made anew from seeds on every load.

A stand-in for the network answers as the contact platforms would; what it says goes in through
the adapters, intake, learning and the weekly close, unchanged, with an explicit clock.
"""
