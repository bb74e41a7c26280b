"""The smallest sound example of each block, for the block picker, in the author's language."""

from typing import Any

from django.utils.translation import gettext as _


def prose() -> dict[str, Any]:
    rule = _("Check what a number counts before you compare it.")
    return {
        "key": "idea",
        "role": "idea",
        "heading": _("Same name, two numbers"),
        "text": f"<p><b>{rule}</b></p>",
    }


def hook() -> dict[str, Any]:
    situation = _("Two reports say “solved”. One says 71, the other 64.")
    return {
        "key": "hook",
        "situation": f"<p>{situation}</p>",
        "question": _("What do you ask first?"),
        "options": [
            {
                "key": "a",
                "text": _("Which report is right?"),
                "reply": _("Perhaps both. See what each of them counts."),
            },
            {
                "key": "b",
                "text": _("What does “solved” mean here?"),
                "reply": _("A good start. Keep the question in mind."),
            },
        ],
    }


def takeaway() -> dict[str, Any]:
    return {
        "key": "takeaway",
        "can_do": _("Now you can tell whether two numbers may be compared."),
        "options": [
            {"key": "a", "text": _("Next time I read the definition first.")},
            {"key": "b", "text": _("Next time I ask who made the report.")},
        ],
    }


def image() -> dict[str, Any]:
    return {
        "key": "picture",
        "alt": _("A phone and a screen with a customer card."),
        "caption": _("Where the data of a contact begins."),
    }


def chart() -> dict[str, Any]:
    return {
        "key": "fig",
        "kind": "line",
        "title": _("Contacts per week, phone and chat"),
        "alt": _("Phone falls from 700 to 420 in week 35 while chat rises from 150 to 470."),
        "x_label": _("week"),
        "y_label": _("contacts"),
        "unit": "",
        "y_min": None,
        "categories": [{"key": f"w{week}", "label": str(week)} for week in range(31, 38)],
        "series": [
            {"key": "phone", "name": _("phone"), "values": [700, 720, 660, 680, 500, 450, 420]},
            {"key": "chat", "name": _("chat"), "values": [150, 170, 190, 220, 380, 430, 470]},
        ],
        "note": _("All contacts that were answered."),
    }


def read_chart() -> dict[str, Any]:
    figure = chart()
    del figure["key"]
    return {
        "key": "exercise",
        "prompt": _("What does the chart support?"),
        "chart": figure,
        "statements": [
            {
                "key": "s1",
                "text": _("Customers like chat better"),
                "right": False,
                "feedback": _("The chart counts contacts, not what customers like."),
            },
            {
                "key": "s2",
                "text": _("From week 35 contacts move from phone to chat"),
                "right": True,
                "feedback": _("One falls about as much as the other rises."),
            },
            {
                "key": "s3",
                "text": _("Fewer contacts come in all"),
                "right": False,
                "feedback": _("Add the two lines: the sum hardly changes."),
            },
        ],
        "mark_prompt": _("Which week shows it?"),
        "right_mark": "w35",
        "mark_feedback_right": _("There one line falls while the other rises."),
        "mark_feedback_wrong": _("Look for the week where both lines bend."),
    }


def definition_match() -> dict[str, Any]:
    return {
        "key": "exercise",
        "rounds": [
            {
                "key": "match",
                "prompt": _("Does it count as solved at first contact?"),
                "bins": [
                    {"key": "counts", "label": _("Counts")},
                    {"key": "not", "label": _("Does not count")},
                ],
                "items": [
                    {
                        "key": "i1",
                        "text": _("The customer does not come back for seven days"),
                        "right": "counts",
                        "feedback": _("Nobody had to ask twice."),
                    },
                    {
                        "key": "i2",
                        "text": _("The customer calls again the next day"),
                        "right": "not",
                        "feedback": _("The same errand came back, so it was not solved."),
                    },
                    {
                        "key": "i3",
                        "text": _("You promise to call back"),
                        "right": "not",
                        "feedback": _("A second contact is needed, however friendly."),
                    },
                ],
            }
        ],
    }


def spot_hallucination() -> dict[str, Any]:
    source = _("Returns are free for 30 days. The refund takes 5 days.")
    return {
        "key": "exercise",
        "prompt": _("Which sentences does the article not support?"),
        "source_heading": _("Knowledge article"),
        "source": f"<p>{source}</p>",
        "answer_heading": _("The AI answer"),
        "sentences": [
            _sentence("x1", _("Returns are free."), "none", _("The article says so.")),
            _sentence("x2", _("You have 60 days."), "wrong", _("The article says 30.")),
            _sentence("x3", _("The refund takes 5 days."), "none", _("The article says so.")),
            _sentence(
                "x4", _("You also get a voucher."), "invented", _("No voucher is mentioned.")
            ),
        ],
        "omissions_prompt": "",
        "omissions": [],
        "verdict_right": "revise",
        "verdict_feedback": {
            "accept": _("The customer would be promised too much."),
            "revise": _("Most of it holds. Mend two sentences and send it."),
            "reject": _("Half of it is right and saves you time."),
        },
    }


def _sentence(key: str, text: str, flaw: str, feedback: str) -> dict[str, Any]:
    return {"key": key, "text": text, "flaw": flaw, "feedback": feedback}


def branching_dialogue() -> dict[str, Any]:
    return {
        "key": "exercise",
        "prompt": _("A customer has been charged twice and has a train to catch."),
        "clock_seconds": 120,
        "start": "n1",
        "nodes": [
            {
                "key": "n1",
                "customer": _("I have been charged twice. I have two minutes."),
                "suggestion": "",
                "choices": [
                    _reply("a", _("I will look at it with you now."), "n2", 1.0, 10),
                    _reply("b", _("Please read me your customer number."), "n2", 0.5, 30),
                ],
            },
            {
                "key": "n2",
                "customer": _("And when do I get the money back?"),
                "suggestion": _("Refunds take 5 working days."),
                "choices": [
                    _reply("a", _("In five working days. You get a message now."), "good", 1.0, 15),
                    _reply("b", _("That is for the bank to say."), "poor", 0.0, 10),
                ],
            },
        ],
        "endings": [
            {"key": "good", "outcome": _("The customer catches the train."), "value": 1.0},
            {"key": "poor", "outcome": _("The customer calls again tomorrow."), "value": 0.2},
        ],
    }


def _reply(key: str, text: str, leads_to: str, worth: float, seconds: int) -> dict[str, Any]:
    feedback = (
        _("The customer knows what happens next.")
        if worth == 1.0
        else _("The customer has to ask again.")
    )
    return {
        "key": key,
        "text": text,
        "next": leads_to,
        "value": worth,
        "seconds": seconds,
        "feedback": feedback,
    }


def recall_item() -> dict[str, Any]:
    return {
        "key": "r1",
        "competence": "VA4",
        "transfer": False,
        "multiple": False,
        "question": _("Two reports show different numbers for the same week. What first?"),
        "options": [
            {
                "key": "a",
                "text": _("Read what each of them counts"),
                "right": True,
                "feedback": _("Different definitions are the usual reason."),
            },
            {
                "key": "b",
                "text": _("Trust the newer one"),
                "right": False,
                "feedback": _("Newer does not mean that it counts the same."),
            },
        ],
    }
