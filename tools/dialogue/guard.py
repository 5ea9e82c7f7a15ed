"""The guard, as far as code can be one: holds a patient's words against what may be said.

Findings are shown to whoever words the turn again, so they never hold anything hidden.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter

from medelphi.schema import Fact, GuardFinding, Hidden, Language, PatientView, Sentence
from medelphi.tools.dialogue.brief import Brief
from medelphi.tools.dialogue.claims import (
    PLAIN,
    TELLING,
    Ground,
    foreign_concepts,
    foreign_words,
    ground,
    sides,
    times,
    words,
)
from medelphi.tools.dialogue.leakage import compact, leaks
from medelphi.tools.dialogue.phrases import ANSWERS, small_talk
from medelphi.tools.dialogue.role import plays_doctor, shows_workings
from medelphi.tools.dialogue.wording import denies, numbers

_SLACK = 3
"""Sentences beyond what has to be said: greetings, thanks, an anxious question."""
_LONGEST = {"en": 400, "zh": 160, "other": 400}
"""Characters that a turn may have beyond the lay texts of its facts."""
_UNSURE = re.compile(
    r"\b(?:(?:do|did)(?:n['’]?t| not) (?:really |quite |even )?(?:know|remember|recall|understand|"
    r"follow)|not (?:really |quite |so )?(?:sure|certain)|no idea|(?:can|could)(?:['’]?t|n['’]t| "
    r"not|not) (?:really )?(?:say|tell|remember|recall|think|help|answer)|never (?:been told|"
    r"checked|noticed)|haven['’]t (?:thought|checked|noticed)|rather not|hard to say)\b|不(?:太|"
    r"大|是很)?(?:知道|清楚|记得|确定|明白|想说|了解)|说不(?:太)?(?:好|准|清|上来)|答不上来|"
    r"记不(?:太)?(?:清|得)|想不(?:起来|出)|没(?:留意|注意|查)过|没法(?:说|告诉)|"
    r"没(?:太)?听(?:明白|懂)|不好说",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[?？]\s*$|[吗呢]\s*[。？?]?\s*$")
_PROMISE = re.compile(
    r"\b(?:i['’]ll|i will|we['’]ll|we will|okay|ok|all right|sure|thank|thanks|got it|i see|"
    r"i understand|let['’]s|go ahead)\b|好的|好，|行，|我会|谢谢|明白|知道了|记住",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:(?>yes|yeah|yep|nothing like that|nothing|none of (?:that|those)|none|nope|not really|"
    r"not at all|nah|no|never|i don['’]t|i do|i haven['’]t|i have)(?![^\W_])[\s,.!]*+)+$|"
    r"^(?:(?>没有(?:的|这些)?|不是的?|都没有|没|是的?|有的?|对的?|不|嗯)[，。！\s]*+)+$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;，；。.!！?？]\s*|\s+(?:and|but)\s+(?=i\b|he\b|she\b|they\b|the\b|my\b|there\b)"
)
_LEAD = re.compile(
    r"^(?:no|nope|not really|yes|yeah|hmm?|not sure|well)[,，:]\s+|^(?:没有|不|不是|嗯|有)[，,]\s*",
    re.IGNORECASE,
)
_EARLY = 0.6


def check(
    sentences: Sequence[Sentence], brief: Brief, view: PatientView, hidden: Hidden
) -> tuple[GuardFinding, ...]:
    """What is wrong with a patient's words; nothing for words that may be said.

    Args:
        sentences: The words, with the facts that each sentence means to tell.
        brief: What may be said in this turn.
        view: All that the patient knows; what is not in the brief, nor in the respondent's last
            lines and the opener, is not to be told yet.
        hidden: What nobody may say. The doctor's own words do not excuse it.
    """
    return tuple(_findings(sentences, brief, view, hidden))


def verbatim(brief: Brief) -> tuple[Sentence, ...]:
    """The last resort: the lay texts word for word, and plain words of not knowing.

    It passes `check` wherever the lay texts themselves hold nothing hidden.
    """
    answers = ANSWERS[_table(brief.language)]
    if brief.confused:
        said = [Sentence(text=answers["confused"][0])]
    else:
        said = [Sentence(text=fact.lay, facts=(fact.id,)) for fact in brief.tell]
        said += [Sentence(text=item.lay or answers["unknown"][0]) for item in brief.unknown]
        if brief.unrecorded:
            said.append(Sentence(text=answers["unrecorded"][0]))
        if brief.refused and not said:
            said.append(Sentence(text=answers["refused"][0]))
        if not said:
            asked = "inquiry" in brief.kinds
            said.append(Sentence(text=answers["unrecorded" if asked else "other"][0]))
    if brief.interruption:
        said.append(Sentence(text=brief.interruption))
    return tuple(said)


def _findings(
    sentences: Sequence[Sentence], brief: Brief, view: PatientView, hidden: Hidden
) -> Iterator[GuardFinding]:
    spoken = [s for s in sentences if any(c.isalnum() for c in s.text)]
    if not spoken:
        yield GuardFinding(fault="empty", sentence="")
        return
    whole = " ".join(sentence.text for sentence in spoken)
    allowed = _allowed(brief, view)
    visible = " ".join(allowed)
    secret = False
    for sentence in spoken:
        if leaks(sentence.text, hidden, visible):
            secret = True
            yield GuardFinding(fault="hidden", sentence="")
    if not secret and leaks(whole, hidden, visible):
        secret = True
        yield GuardFinding(fault="hidden", sentence="")
    if len(spoken) > _most_sentences(brief) or len(whole) > _longest(brief):
        yield GuardFinding(fault="too_long", sentence="")
    given = {fact.id: fact for fact in brief.tell}
    exact = _exact(brief)
    base = ground(allowed)
    later = _later(brief, view, base)
    ids = [fact.id for fact in view.facts]
    told: set[str] = set()
    for sentence in spoken:
        facts = [given[id_] for id_ in sentence.facts if id_ in given]
        for id_ in sentence.facts:
            if id_ not in given:
                known = id_ in ids
                yield GuardFinding(
                    fault="early_disclosure" if known else "invention",
                    sentence="" if secret else sentence.text,
                    fact=id_ if known else "",
                )
        key = compact(sentence.text)
        if key in exact and (not facts or any(compact(fact.lay) == key for fact in facts)):
            told.update(fact.id for fact in facts)
            continue
        for finding in _faults(sentence, facts, brief, base, later, ids):
            yield finding.model_copy(update={"sentence": ""}) if secret else finding
        told.update(fact.id for fact in facts if _tells(sentence.text, fact))
    for fact in brief.tell:
        if fact.id not in told and not brief.confused:
            yield GuardFinding(fault="empty", sentence="", fact=fact.id)


def _faults(
    sentence: Sentence,
    facts: Sequence[Fact],
    brief: Brief,
    base: Ground,
    later: Sequence[tuple[Fact, frozenset[str]]],
    ids: Sequence[str],
) -> Iterator[GuardFinding]:
    text = sentence.text
    if shows_workings(text, ids):
        yield GuardFinding(fault="scratchpad", sentence=text)
        return
    if plays_doctor(text):
        yield GuardFinding(fault="role_swap", sentence=text)
        return
    unsure = _UNSURE.search(text) is not None
    if not unsure or facts:
        yield from _early(text, later)
    if facts:
        yield from _of_facts(text, facts, brief, base)
    else:
        yield from _of_none(text, brief, base, unsure=unsure)


def _of_facts(
    text: str, facts: Sequence[Fact], brief: Brief, base: Ground
) -> Iterator[GuardFinding]:
    """A sentence that tells facts: no more than they say, and nothing else than they say."""
    own = ground([*(t for fact in facts for t in _texts(fact))])
    talk = own | _talk(brief.language)
    one = facts[0].id if len(facts) == 1 else ""
    extra = set(numbers(text)) - own.numbers - {"1", "0"}
    instead = extra and own.numbers - set(numbers(text))
    if instead or extra - base.numbers:
        yield GuardFinding(
            fault="contradiction" if own.numbers else "invention", sentence=text, fact=one
        )
    if own.sides and (sides(text) - own.sides):
        yield GuardFinding(fault="contradiction", sentence=text, fact=one)
    elif sides(text) - own.sides - base.sides:
        yield GuardFinding(fault="invention", sentence=text)
    if wrong := _turned(text, facts):
        yield GuardFinding(fault="contradiction", sentence=text, fact=wrong.id)
    strange, telling = foreign_words(text, talk)
    foreign = foreign_concepts(text, own | _persona(brief))
    late = times(text) - own.times - base.times
    odd = len(strange) >= 2 and len(strange) * 3 > telling
    if foreign or late or odd or _clause_of_its_own(text, own, talk):
        yield GuardFinding(fault="invention", sentence=text)


def _clause_of_its_own(text: str, own: Ground, talk: Ground) -> bool:
    """Whether a clause has words of content, and none of them from the facts."""
    for part in _CLAUSE.split(text):
        if not part or words(part) & own.words or set(numbers(part)) & own.numbers:
            continue
        if foreign_words(part, talk, PLAIN)[0]:
            return True
    return False


def _of_none(text: str, brief: Brief, base: Ground, *, unsure: bool) -> Iterator[GuardFinding]:
    """A sentence without a fact: small talk, not knowing, a question, thanks."""
    asked = unsure or _QUESTION.search(text) is not None
    promised = _PROMISE.search(text) is not None and bool(brief.kinds - {"inquiry"})
    heard = ground([brief.doctor]) if asked or promised else ground([])
    known = _talk(brief.language) | _persona(brief) | heard | _unknown(brief)
    if not asked and not promised and _claims_by_itself(text, brief):
        yield GuardFinding(fault="invention", sentence=text)
        return
    about = known | base if asked else known
    foreign = foreign_concepts(text, about)
    strange, _ = foreign_words(text, about, TELLING if asked or promised else PLAIN)
    figures = set(numbers(text)) - about.numbers - {"1", "0"}
    late = times(text) - about.times
    if (
        foreign
        or figures
        or (late and not asked)
        or len(strange) >= (2 if asked or promised else 1)
    ):
        yield GuardFinding(fault="invention", sentence=text)


def _claims_by_itself(text: str, brief: Brief) -> bool:
    """A bare yes or no, or a denial, where no fact is told: that is an answer of its own."""
    plain = text.strip()
    attitude = words(brief.persona.culture)
    if attitude and len(words(plain) & attitude) * 2 >= len(words(plain)):
        return False
    if "inquiry" in brief.kinds and _BARE.match(plain):
        return True
    return denies(plain) and not any(
        compact(plain) == compact(phrase) for phrase in small_talk(_table(brief.language))
    )


def _turned(text: str, facts: Sequence[Fact]) -> Fact | None:
    """A fact whose denial the sentence turns into its opposite, or the other way round."""
    said = _without_lead(text)
    signs = {denies(fact.lay) for fact in facts}
    if len(signs) == 1:
        return facts[0] if denies(said) not in signs else None
    parts = _signed(said)
    for fact in facts:
        for own, denied in _signed(fact.lay):
            ranked = [(len(clause & own), said_no) for clause, said_no in parts]
            shared, said_no = max(ranked, key=itemgetter(0), default=(0, denied))
            if shared >= max(2, len(own) / 2) and said_no != denied:
                return fact
    return None


def _signed(text: str) -> list[tuple[frozenset[str], bool]]:
    """The clauses of a text: their words, and whether they deny."""
    clauses = [part for part in _CLAUSE.split(text) if part and words(part)]
    return [(words(part), denies(part)) for part in clauses]


def _without_lead(text: str) -> str:
    stripped = text.strip()
    shorter = _LEAD.sub("", stripped, count=1)
    return shorter if words(shorter) else stripped


def _early(text: str, later: Sequence[tuple[Fact, frozenset[str]]]) -> Iterator[GuardFinding]:
    said = words(text)
    for fact, telling in later:
        shared = said & telling
        if len(shared) >= max(1, _EARLY * len(telling)) and (len(shared) > 1 or len(telling) == 1):
            yield GuardFinding(fault="early_disclosure", sentence=text, fact=fact.id)


def _later(
    brief: Brief, view: PatientView, base: Ground
) -> tuple[tuple[Fact, frozenset[str]], ...]:
    """Facts that are not to be told yet, with the words that would tell them."""
    given = {fact.id for fact in brief.tell}
    plain = base.words | _talk(brief.language).words | _persona(brief).words
    others = ((f, words(f.lay) - plain) for f in view.facts if f.id not in given)
    return tuple((fact, telling) for fact, telling in others if telling)


def _tells(text: str, fact: Fact) -> bool:
    """Whether a sentence has anything of a fact that it means to tell."""
    own = ground(_texts(fact))
    if not words(fact.lay):
        return True
    if words(text) & own.words - _talk("en").words:
        return True
    # A figure alone says nothing of what it is a figure of.
    if set(numbers(text)) & own.numbers and any(sign.isalpha() for sign in text):
        return True
    return bool(words(text) & words(fact.lay))


def _texts(fact: Fact) -> tuple[str, ...]:
    return (fact.lay, fact.text, *fact.topics)


def _allowed(brief: Brief, view: PatientView) -> tuple[str, ...]:
    """All that the respondent may speak of: told now, told lately, or in the first message."""
    about = (brief.demographics.age, brief.demographics.sex, brief.demographics.other)
    return tuple(
        filter(
            None,
            (
                *(text for fact in brief.tell for text in _texts(fact)),
                *(text for item in brief.unknown for text in (item.lay, item.topic)),
                *(line.text for line in brief.recent),
                view.opener,
                *(fact.lay for fact in view.facts if fact.id in brief.repeated),
                *about,
                brief.relation,
                brief.persona.culture,
                brief.interruption,
            ),
        )
    )


def _exact(brief: Brief) -> frozenset[str]:
    """Whole sentences that need no looking at."""
    phrases: Iterable[str] = (p for kind in ANSWERS[_table(brief.language)].values() for p in kind)
    lay = (fact.lay for fact in brief.tell)
    unknown = (item.lay for item in brief.unknown)
    return frozenset(map(compact, filter(None, (*phrases, *lay, *unknown, brief.interruption))))


def _unknown(brief: Brief) -> Ground:
    return ground(text for item in brief.unknown for text in (item.lay, item.topic) if text)


def _persona(brief: Brief) -> Ground:
    return ground(filter(None, (brief.persona.culture, brief.interruption, brief.relation)))


_COURTESY = {
    "en": (
        "hello hi good morning afternoon evening doctor thanks thank you please sorry pardon "
        "excuse really honestly actually basically kind of sort of maybe perhaps probably anyway "
        "worried scared afraid nervous anxious concerned upset frustrated glad hope wonder "
        "wondering guess suppose question questions answer answers ask asking asked tell telling "
        "mean means think thinking feel feeling going come came visit appointment clinic hospital "
        "help helpful listening understand makes sense important matter matters seriously bad "
        "better worse normal okay fine alright sure certain exactly precise honest trouble bother "
        "bothers mention mentioned said told wanted want notice noticed remember yeah yep um uh "
        "hmm oh well look so quick quickly hurry time busy wait waiting long enough everything "
        "anything something nothing things stuff lot bit little pretty quite very much get on "
        "with it"
    ),
    "zh": (
        "您好 你好 医生 大夫 谢谢 麻烦 不好意思 请问 其实 就是 反正 可能 大概 也许 担心 害怕 着急 "
        "紧张 希望 问题 回答 告诉 觉得 感觉 知道 明白 清楚 记得 印象 情况 事情 时候 现在 以前 "
        "刚才 已经 重要 严重 怎么办 怎么 什么 为什么 一下 一点 有点 特别 真的 非常 比较 不太 没事 "
        "放心 看病 来看 医院 这个 那个"
    ),
}


@lru_cache(maxsize=4)
def _talk(language: Language) -> Ground:
    table = _table(language)
    return Ground(
        words=words(" ".join((*small_talk(table), _COURTESY[table]))),
        concepts=(),
        numbers=frozenset(),
        sides=frozenset(),
        times=frozenset(),
    )


def _most_sentences(brief: Brief) -> int:
    must = len(brief.tell) + len(brief.unknown)
    return max(brief.persona.sentences, must) + _SLACK


def _longest(brief: Brief) -> int:
    lay = sum(len(fact.lay) for fact in brief.tell) + sum(len(item.lay) for item in brief.unknown)
    return 2 * lay + _LONGEST[_table(brief.language)] + len(brief.interruption)


def _table(language: Language) -> Language:
    return "zh" if language == "zh" else "en"
