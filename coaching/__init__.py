"""From contact to coaching. The modules are the flow, in order:

records        what every platform's data becomes, whatever the platform calls it
integrations   one file per platform: payload -> records, nothing else
models         the rows the records become, and what is suggested and released from them
intake         records -> rows: once only, lawful only, redacted
evidence       rows -> observations for literacy.mastery
suggestions    mastery, taste and importance -> one module with its reason
release        learner rows -> released cells, weekly; the one door
callreports    after a contact, for the agent first
reports        what managers see, from released cells alone

The edges call these stages: views, api, tasks, management, demo.
"""
