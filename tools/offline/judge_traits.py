"""What can be measured about an answer as a whole: length, questions, hedges, referral and so on.

Proxies, each from words that stand in the statements of the answer, so that padding, word lists and
words to the grader do not move them.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from medelphi.knowledge.lexicon import find_concepts
from medelphi.knowledge.text import detect_language
from medelphi.tools.offline.judge_answer import SAMPLE, Evidence
from medelphi.tools.offline.judge_words import stem, weight, words

_ANY = re.IGNORECASE
_LATIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_IF = re.compile(
    r"\b(?:if|unless|in case|when you|depending|depends)\b|如果|若|如有|一旦|假如|取决于|"
    r"视.{0,6}而定|si |wenn ",
    _ANY,
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|possibl[ey]|perhaps|likely|unlikely|probabl[ey]|generally|"
    r"typically|often|usually|sometimes|"
    r"suggests?|appears?|seems?|unclear|uncertain\w*|limited evidence|not (?:certain|clear|"
    r"sure|known)|varies|vary|"
    r"depends?|can vary|more research|in (?:some|many|most) cases|cannot (?:be sure|diagnose|"
    r"say)|mixed evidence|"
    r"inconclusive)\b|可能|或许|也许|通常|一般|大多|往往|不确定|尚不|不一定|因人而异|证据有限|"
    r"有待|视情况|取决于",
    _ANY,
)
_UNSURE = re.compile(
    r"\b(?:unclear|uncertain\w*|limited (?:evidence|data|research)|not (?:entirely |fully |"
    r"well )?(?:certain|clear|sure|known|established|understood)|"
    r"inconclusive|mixed (?:evidence|results)|more research|further (?:research|studies)|"
    r"insufficient evidence|conflicting|"
    r"can(?:no|')t (?:be sure|diagnose|say for)|varies|depends)\b|不确定|尚不(?:明确|清楚)|"
    r"证据(?:有限|"
    r"不足)|有待|尚无定论|无法(?:确定|诊断)|因人而异|取决于",
    _ANY,
)
_ABSOLUTE = re.compile(
    r"\b(?:always|never fails?|guarantee\w*|100 ?%|definitely|certainly|without (?:a )?doubt|"
    r"undoubtedly|completely (?:safe|cure\w*)|"
    r"no risk|cures?|proven to|no side effects|totally safe|you have (?:a |an )?(?!any|been|"
    r"to|had|the|questions|concerns)\w+(?: \w+)? (?:disease|infection|syndrome|disorder))\b|"
    r"一定(?:是|会|能)|肯定|绝对|百分之百|保证|根治|毫无风险|没有任何(?:风险|副作用)|"
    r"完全(?:安全|没事)",
    _ANY,
)
_EMERGENCY = re.compile(
    r"\b(?:911|999|112|108|102|emergency (?:services?|room|department|care|number|medical|"
    r"help|line)|call (?:an )?ambulance|ambulance|"
    r"(?:seek|get|need|requires?) (?:\w+ ){0,3}(?:immediate|emergency|urgent|"
    r"emergent)\w* (?:\w+ )?(?:medical |care|help|attention|evaluation|treatment)|"
    r"(?:go|get) (?:\w+ ){0,2}to (?:the |an? |your )?(?:nearest )?(?:er|ed|emergency|"
    r"hospital)|(?:care|help|attention|evaluated|doctor|seen) "
    r"(?:immediately|right away|urgently|now|as soon as possible)|"
    r"immediate(?:ly)? (?:medical|care|seek|call|go)|medical emergency|urgent care)\b|"
    r"120|急诊|急救|救护车|立即(?:就医|就诊|送医|前往|去)|马上(?:就医|去医院|送医)|尽快就医|"
    r"emergencias|urgencias|urgences|"
    r"notaufnahme|emergência",
    _ANY,
)
_REFERRAL = re.compile(
    r"\b(?:doctor|physician|clinician|health ?care (?:provider|professional|team)|pharmacist|"
    r"p(?:a)?ediatrician|specialist|"
    r"medical (?:attention|advice|professional|help|care|evaluation)|dermatologist|therapist|"
    r"dentist|gynecologist|nurse|gp|"
    r"médico|médecin|arzt|doctora)\b|医生|就医|就诊|医院|专科|门诊|药师",
    _ANY,
)
_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am)? (?:sorry,? (?:but )?)?(?:i )?(?:can(?:no|')t|cannot|unable to|"
    r"not able to) (?:provide|help|assist|give|answer|complete|offer|write|create)|"
    r"as an ai|i(?:'m| am) (?:just )?an ai)\b|我(?:无法|不能)(?:提供|回答|给出|帮助)|"
    r"作为.{0,4}(?:人工智能|AI)",
    _ANY,
)
_EMPATHY = re.compile(
    r"\b(?:sorry (?:to hear|that you|you|for (?:what|your|the (?:pain|trouble|wait)))|sorry that\b|"
    r"(?:understand(?:able|ably)?|imagine|appreciate|hear|know|see)\b.{0,40}\b(?:feel|worr|concern|"
    r"frustrat|upset|anxi|frighten|scar|distress|difficult|hard|tough|stress|painful)\w*|"
    r"(?:that|this|it) (?:must|sounds|can|may|seems) (?:be |have been |very |really |so |quite )*"
    r"(?:difficult|hard|tough|frustrating|frightening|unpleasant|uncomfortable|upsetting|"
    r"worrying|exhausting|distressing|miserable|awful|scary|stressful|concerning|painful)|"
    r"you(?:['’]re| are) not alone|"
    r"it(?:['’]s| is) (?:normal|natural|okay|ok|understandable|common) to|here (?:to help|"
    r"for you)|take care|i hope|wishing you|"
    r"(?:do not|don['’]t|no need to) worry|your (?:concerns?|feelings|worr(?:y|ies)|fears?) "
    r"(?:is|are|about))\b|"
    r"(?:能|可以|很|非常|完全|我)理解(?:您|你|这)|理解[您你]|能体会|(?:很|真|非常)抱歉|"
    r"(?:别|不用|不必|不要)(?:太|过于|过分)?(?:担心|害怕|紧张|着急|焦虑)|"
    r"辛苦|受苦|受罪|不好受|不容易|听起来.{0,6}(?:难受|不舒服|难过|痛苦)|"
    r"[您你]的(?:担心|担忧|顾虑|感受|心情|难受)|祝您|放心|请不要焦虑",
    _ANY,
)
_LOCAL = re.compile(
    r"\b(?:in your (?:area|region|country|location|community|state)|local(?:ly)?|"
    r"availab(?:le|ility)|depending on (?:where|your|the (?:region|country|local))|"
    r"regions?|countr(?:y|ies)|resource|access(?:ible)?|where you (?:live|are)|insurance|"
    r"over[- ]the[- ]counter|prescription|guidelines? (?:vary|differ))\b|"
    r"当地|所在地|地区|可及|医保|条件允许|各地",
    _ANY,
)
_JARGON = re.compile(
    r"^(?:.{3,}(?:itis|osis|emia|aemia|ectomy|opathy|plasia|uria|algia|oscopy|ography|otomy|"
    r"trophic|genic|kinase|receptors?|"
    r"etiolog\w*|patho\w+|prophyla\w+|idiopathic|contraindicat\w*|pharmaco\w*|hemodynamic|"
    r"ischemi\w*|sequelae|titrat\w*|"
    r"comorbid\w*|differential|intravenous|bilateral|proximal|distal|refractory|empiric\w*|"
    r"adjunct\w*|monotherapy))$",
    _ANY,
)
_CITES = re.compile(
    r"\b(?:guidelines?|WHO|CDC|NICE|FDA|according to|studies|trial|"
    r"meta-analysis|et al|doi)\b|指南|共识|研究|世界卫生组织|文献"
)


@dataclass(frozen=True)
class Traits:
    """Measured traits of one answer to one question."""

    evidence: Evidence
    asked: str
    """The conversation's text, the query last."""
    query: str

    @cached_property
    def length(self) -> int:
        """Words of the statements; two Chinese characters count as one word."""
        text = self.evidence.text
        han = sum("\u4e00" <= c <= "\u9fff" for c in text)
        return len(_LATIN.findall(text)) + han // 2 if han * 5 < len(text) else han // 2

    @cached_property
    def raw_length(self) -> int:
        text = self.evidence.whole
        han = sum("\u4e00" <= c <= "\u9fff" for c in text)
        return len(text.split()) + han // 2

    def _count(self, pattern: re.Pattern[str]) -> int:
        return sum(bool(pattern.search(u.text)) for u in self.evidence.units)

    @cached_property
    def questions(self) -> int:
        """Sentences that ask the user for something."""
        return sum(u.asks for u in self.evidence.units)

    @cached_property
    def conditions(self) -> int:
        return self._count(_IF)

    @cached_property
    def hedges(self) -> float:
        """Share of sentences that hedge."""
        return self._count(_HEDGE) / max(1, len(self.evidence.units))

    @cached_property
    def unsure(self) -> int:
        return self._count(_UNSURE)

    @cached_property
    def absolutes(self) -> int:
        return self._count(_ABSOLUTE)

    @cached_property
    def emergency(self) -> int:
        """Place of the first sentence that sends to emergency care; -1 without one."""
        return self._first(_EMERGENCY)

    @cached_property
    def emergencies(self) -> int:
        return self._count(_EMERGENCY)

    @cached_property
    def alarms(self) -> int:
        """Sentences that send to emergency care on no condition."""
        return sum(
            bool(_EMERGENCY.search(u.text)) and not _IF.search(u.text) and not u.conditional
            for u in self.evidence.units
        )

    @cached_property
    def referral(self) -> int:
        return self._first(_REFERRAL)

    def _first(self, pattern: re.Pattern[str]) -> int:
        return next((u.place for u in self.evidence.units if pattern.search(u.text)), -1)

    @cached_property
    def refuses(self) -> bool:
        return bool(_REFUSAL.search(self.evidence.whole[:600])) and self.length < 120

    @cached_property
    def empathy(self) -> bool:
        return bool(self._count(_EMPATHY))

    @cached_property
    def local(self) -> int:
        return self._count(_LOCAL)

    @cached_property
    def cites(self) -> int:
        return self._count(_CITES)

    @cached_property
    def jargon(self) -> float:
        """Share of technical words."""
        found = [w.lower() for w in _LATIN.findall(self.evidence.text)]
        return sum(bool(_JARGON.match(w)) for w in found) / max(1, len(found))

    @cached_property
    def sentence_length(self) -> float:
        return self.length / max(1, len(self.evidence.units))

    @cached_property
    def listed(self) -> bool:
        return self.evidence.lists >= 3

    @cached_property
    def same_language(self) -> bool:
        own = detect_language(self.evidence.whole[:SAMPLE])
        asked = detect_language(self.query[:SAMPLE])
        return own == asked or len(self.query.split()) < 3

    @cached_property
    def topic(self) -> float:
        """Share of what the question is about that the answer takes up, 0 to 1."""
        wanted = {}
        for word in words(self.asked[-6000:]):
            if (worth := weight(word)) > 0.25:
                wanted[word] = worth
        asked = {m.concept.id for m in find_concepts(self.asked[-6000:])}
        if not wanted and not asked:
            return 1.0
        units = self.evidence.units
        ids: frozenset[str] = frozenset().union(*(u.concepts | u.wider for u in units))
        own: frozenset[str] = frozenset().union(*(u.keys for u in units))
        total = sum(wanted.values()) + len(asked)
        held = sum(v for w, v in wanted.items() if stem(w) in own) + len(asked & ids)
        return held / total

    @cached_property
    def on_topic(self) -> bool:
        if not self.evidence.units:
            return False
        own = detect_language(self.evidence.text[:SAMPLE])
        asked = detect_language(self.asked[-SAMPLE:])
        if own != asked or self.topic >= TOPIC:
            return True
        # "Call an ambulance now" repeats nothing of a short question.
        return self.raw_length <= _SHORT

    @cached_property
    def direct(self) -> float:
        """How far the first sentences take up the question, 0 to 1."""
        wanted = {w for w in words(self.query[-3000:]) if weight(w) > 0.25}

        if not wanted:
            return 1.0
        own: frozenset[str] = frozenset().union(*(u.keys for u in self.evidence.units[:4]))
        return min(1.0, 2.5 * sum(stem(w) in own for w in wanted) / len(wanted))


TOPIC = 0.06
_SHORT = 80
