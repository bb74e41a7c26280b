"""What a learner masters: observations in, beliefs and the ledger that explains them out.

`beliefs` is the filter (numbers only), `ledger` keeps it in rows, `standing` reads it and
`explanation` puts the ledger into words.
"""

from literacy.mastery.beliefs import (
    DIFFICULTY,
    Beliefs,
    Gaussian,
    ItemSeen,
    Reading,
    ScoreSeen,
    Step,
    filtered,
    sigmoid,
)
from literacy.mastery.explanation import (
    ExplainedArea,
    ExplainedBelief,
    Line,
    explained,
    fact,
    in_language,
    line,
    most_lowering,
)
from literacy.mastery.ledger import Ledgers, Source, forget, observe, open_ledgers
from literacy.mastery.standing import (
    SURE_SD_SHARE,
    AreaMastery,
    Mastery,
    Profile,
    beliefs_of,
    mastery_by_learner,
    profile,
)

__all__ = [
    "DIFFICULTY",
    "SURE_SD_SHARE",
    "AreaMastery",
    "Beliefs",
    "ExplainedArea",
    "ExplainedBelief",
    "Gaussian",
    "ItemSeen",
    "Ledgers",
    "Line",
    "Mastery",
    "Profile",
    "Reading",
    "ScoreSeen",
    "Source",
    "Step",
    "beliefs_of",
    "explained",
    "fact",
    "filtered",
    "forget",
    "in_language",
    "line",
    "mastery_by_learner",
    "most_lowering",
    "observe",
    "open_ledgers",
    "profile",
    "sigmoid",
]
