# ruff: noqa: E501
"""Whether a doctor's words are kind or explain something, which earns trust."""

import re

_EMPATHY = re.compile(
    r"\b(?:(?:so |very |really )?sorry (?:to hear|that|about|for|you)|i (?:can |do |fully )?(?:understand"
    r" (?:that|how|your|why|this)|imagine|see (?:that|why|how))|(?:that|this|it) (?:must (?:be|have been|"
    r"feel)|sounds (?:very |really |so )?(?:hard|difficult|tough|awful|painful|frightening|scary|"
    r"worrying|exhausting|unpleasant|stressful))|thank you for (?:telling|sharing|coming|explaining|"
    r"trusting|being)|take your time|(?:please )?(?:don't|do not|no need to|try not to) (?:worry|be "
    r"(?:afraid|scared|frightened|ashamed|embarrassed))|(?:we'll|we will|i'll|i will|i am here to|i'm "
    r"here to) (?:help|look after|take (?:good )?care|find out|support|do (?:my|our) best)|you (?:did|have "
    r"done|were) (?:the )?(?:right|well|good)|(?:completely |perfectly )?understandable|you(?:'re| are) not "
    r"alone|nothing to be ashamed of|(?:stays|remains) (?:between us|confidential))\b|"
    r"理解|辛苦|不容易|(?:别|不用|不必|不要)(?:太)?(?:担心|着急|紧张|害怕|怕|难过|不好意思)|放心|难受|"
    r"谢谢(?:您|你)(?:的)?(?:告诉|信任|配合|说|来)|慢慢(?:说|来|讲)|(?:会|来)(?:尽力|帮|陪)|抱歉|没关系|保密",
    re.IGNORECASE,
)
_EXPLANATION = re.compile(
    r"\b(?:because|this means|that means|which means|the reason|that's why|that is why|let me explain|"
    r"i(?:'ll| will| would like to|'d like to) explain|in other words|so that (?:we|i|you)|"
    r"(?:this|it|that|which) (?:helps|allows|lets|tells|will (?:help|tell|show))|"
    r"what (?:this|that|it) means|happens when|is caused by|works by)\b|"
    r"因为|原因|意思是|是为了|目的是|也就是说|解释一下|说明一下|这样(?:可以|能|才)|所以要|有助于|由于|帮助我们",
    re.IGNORECASE,
)
_LEAST = 5
"""Characters of the shortest words that can be either."""


def is_warm(text: str) -> bool:
    """Whether words show understanding or explain; "ok", thanks alone and noise do not."""
    said = text.strip()
    return len(said) >= _LEAST and bool(_EMPATHY.search(said) or _EXPLANATION.search(said))
