"""Five9's words and ours, compared whatever the case."""

from coaching.records import Direction

# As the API names the types of calls and as reports write them.
DIRECTIONS = {
    "inbound": Direction.INBOUND,
    "inbound voicemail": Direction.INBOUND,
    "autodial": Direction.OUTBOUND,
    "manual": Direction.OUTBOUND,
    "outbound": Direction.OUTBOUND,
    "outbound preview": Direction.OUTBOUND,
    "outbound voicemail": Direction.OUTBOUND,
    "internal": Direction.INTERNAL,
    "internal voicemail": Direction.INTERNAL,
}
TEST = "test"
