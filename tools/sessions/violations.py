"""What a doctor does wrong in a turn, as far as code can tell. Precision goes before recall.

repetition (gamma 0.1, Baichuan-M3, arXiv 2602.06570)
    An inquiry that is at least 0.9 like an earlier one, or that asks once more, without a new
    thought, for facts that an earlier inquiry asked for and was told. Asking again is right where
    the respondent was confused or held the answer back, where it brings a new fact, and where it
    follows up a red flag.
rigid (0.9, Baichuan-M3)
    The same sentence frame as in both turns before: what the messages share at their beginning
    and end makes up at least 0.6 of them.
overload, leading, confrontational, empty
    As their names say; more inquiries in one turn than the scheme allows.
red_flag_ignored
    A red flag told in the turn before (for the first turn: in the opener) is neither asked about
    nor mentioned, no new inquiry reaches another critical fact, nothing is ordered, and no advice
    refers or is urgent: to take a painkiller is no answer. In the first turn every inquiry will do.
premature_diagnosis
    A diagnosis is named while less than the scheme's share of the critical facts is known (of all
    facts, without critical ones). Not where a red flag has been told, the diagnosis is right, and
    something is ordered, or advised as above: an emergency does not wait.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from medelphi.knowledge.text import IDLE, fold, tokens
from medelphi.schema import Act, Case, Decision, Fact, Turn, Violation
from medelphi.schema.session import ViolationKind
from medelphi.tools.sessions.scheme import SessionScheme
from medelphi.tools.similarity import overlap, similarity

SAME_QUESTION = 0.9
"""Likeness of two inquiries, whole and in their content words, that are one question."""
NEW_THOUGHT = 0.5
"""Share of content words not heard before from which an inquiry about told facts goes deeper."""
FRAME = 0.6
"""Share of a message that is frame, from which it is rigid."""
FRAMES = 2
"""Turns before that must have the same frame."""
_SHORTEST_FRAME = 4
_LONGEST = 2_000
"""Characters of a message that are compared."""

_HAN = "\u3400-\u9fff"
_STARTS_HAN = re.compile(f"[{_HAN}]")
_UNITS = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_COMMON = (
    "any been ever else feel feeling felt get got having history if know like more much notice "
    "noticed okay other patient please recently report say tell than thank then there thing "
    "time today yes yet no not symptom problem day week month year old since"
)
_IDLE_ENGLISH = IDLE | frozenset(_COMMON.split())
_IDLE_CHINESE = re.compile(
    "请问|有没有|是不是|是否|什么|怎么样|怎么|怎样|一下|一些|其他|其它|别的|情况|症状|问题|患者|感觉|"
    "觉得|出现|最近|平时|谢谢|可以|[您你我他她它们吗呢吧啊呀嘛了的地得是有会还也都能过在和或与这那个"
    "么就很没不要请说]"
)

_REFERS = re.compile(
    r"\b(?:emergenc\w+|hospital\w*|ambulance|refer\w*|specialist\w*|urgent\w*|immediate\w*|"
    r"at once|right away|straight away|as soon as possible|today|call \d+|stop taking|"
    r"see an? \w+|come back|return)\b"
    r"|急诊|急救|住院|医院|转诊|转到|专科|立即|立刻|马上|尽快|尽早|今天|拨打|停用|停药|复诊|就诊|就医",
    re.IGNORECASE,
)
"""Advice that does something about a danger: it refers, is urgent, or has the patient come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What the checks of one turn look at."""

    case: Case
    number: int
    acts: tuple[Act, ...]
    decision: Decision
    before: tuple[Turn, ...]
    doctor: str
    diagnosis_right: bool | None
    """Of the working diagnosis after this turn."""

    @property
    def inquiries(self) -> tuple[Act, ...]:
        return tuple(act for act in self.acts if act.kind == "inquiry")

    @property
    def acts_on(self) -> bool:
        """Whether anything is done about a danger: an order, or advice that refers or is urgent."""
        return any(
            (act.kind == "order" and bool(act.target))
            or (act.kind == "advice" and bool(_REFERS.search(act.text)))
            for act in self.acts
        )

    @property
    def fresh(self) -> frozenset[str]:
        """Facts told in this turn and in none before."""
        return frozenset(self.decision.tell) - self.told

    @property
    def told(self) -> frozenset[str]:
        return frozenset(id_ for turn in self.before for id_ in turn.decision.tell)

    @property
    def due(self) -> tuple[str, ...]:
        """Red flags that this turn has to follow up."""
        if self.before:
            return self.before[-1].ledger.red_flags
        return tuple(
            fact.id
            for fact in self.case.facts
            if fact.red_flag and fact.disclosure == 0 and fact.polarity == "present"
        )


def violations(exchange: Exchange, scheme: SessionScheme) -> tuple[Violation, ...]:
    """At most one of each kind, in the order of `ViolationKind`."""
    checks: dict[ViolationKind, Callable[[Exchange, SessionScheme], str]] = {
        "repetition": _repetition,
        "rigid": _rigid,
        "overload": _overload,
        "leading": _leading,
        "confrontational": _confrontational,
        "red_flag_ignored": _red_flag_ignored,
        "premature_diagnosis": _premature_diagnosis,
        "empty": _empty,
    }
    found = ((kind, check(exchange, scheme)) for kind, check in checks.items())
    return tuple(
        Violation(kind=kind, gamma=scheme.gamma(kind), detail=detail)
        for kind, detail in found
        if detail
    )


def _repetition(exchange: Exchange, _: SessionScheme) -> str:
    asked: list[tuple[int, Act]] = []
    for turn in exchange.before:
        if turn.decision.confused:
            continue
        refused = set(turn.decision.refused)
        asked += [
            (turn.number, act)
            for act in turn.acts
            if act.kind == "inquiry" and not refused & set(act.facts)
        ]
    for act in exchange.inquiries:
        if exchange.fresh & set(act.facts):
            continue
        for number, other in asked:
            if same_question(act, other):
                return f"asked in turn {number}: {_short(other.text)}"
        if number := _answered(act, asked, exchange):
            return f"asked and answered in turn {number}: {_short(act.text)}"
    return ""


def same_question(act: Act, other: Act) -> bool:
    """Whether two inquiries are one, figures and negation included."""
    if act.facts and other.facts and not set(act.facts) & set(other.facts):
        return False
    first, second = act.text[:_LONGEST], other.text[:_LONGEST]
    if similarity(first, second) < SAME_QUESTION:
        return False
    bare, bare_other = " ".join(content(first)), " ".join(content(second))
    if not bare or not bare_other:
        return bare == bare_other
    return overlap(bare, bare_other) >= SAME_QUESTION


def _answered(act: Act, asked: list[tuple[int, Act]], exchange: Exchange) -> int:
    """The number of the turn that answered a specific inquiry already; 0 where none did."""
    facts = {fact.id: fact for fact in exchange.case.facts}
    reached = {id_ for id_ in act.facts if id_ in facts and facts[id_].disclosure > 0}
    if act.specificity == "broad" or act.unknown or not reached:
        return 0
    if not reached <= exchange.told or reached & set(exchange.due):
        return 0
    for number, other in asked:
        if other.specificity == "broad" or not reached <= set(other.facts):
            continue
        heard = [other.text, *(t for id_ in sorted(reached) for t in _texts(facts[id_]))]
        if _novelty(act.text[:_LONGEST], heard) < NEW_THOUGHT:
            return number
    return 0


def _novelty(text: str, heard: list[str]) -> float:
    """Share of the content words that no text heard before has; 0 without content."""
    words = content(text)
    known = {word for other in heard for word in content(other)}
    new = sum(not any(_akin(word, other) for other in known) for word in words)
    return new / len(words) if words else 0.0


def _akin(first: str, second: str) -> bool:
    """Equal, or Latin words that share a beginning ("smoker", "smokes")."""
    if first == second:
        return True
    least = min(len(first), len(second))
    return least >= 5 and first[: least - 1] == second[: least - 1]


def content(text: str, *, pairs: bool = False) -> tuple[str, ...]:
    """The words that carry the subject, in order: Latin words, and Han characters one by one, or
    the pairs of neighbours among them, which say more than one character does."""
    size = 2 if pairs else 1
    return tuple(
        word
        for word in tokens(_IDLE_CHINESE.sub("\n", text))
        if word not in _IDLE_ENGLISH and (len(word) == size or not _STARTS_HAN.match(word))
    )


def _texts(fact: Fact) -> tuple[str, ...]:
    return (fact.text, fact.lay, *fact.topics)


def _rigid(exchange: Exchange, _: SessionScheme) -> str:
    last = [turn.doctor for turn in exchange.before[-FRAMES:]]
    if len(last) < FRAMES:
        return ""
    own = _UNITS.findall(fold(exchange.doctor[:_LONGEST]))
    if len(own) < _SHORTEST_FRAME:
        return ""
    shares = [_frame(own, _UNITS.findall(fold(text[:_LONGEST]))) for text in last]
    if min(shares) < FRAME:
        return ""
    return f"the same sentence frame as in the {FRAMES} turns before"


def _frame(first: list[str], second: list[str]) -> float:
    """What two messages share at their beginning and end, of the longer one."""
    shorter, longer = sorted((first, second), key=len)
    start = 0
    while start < len(shorter) and first[start] == second[start]:
        start += 1
    end = 0
    while end < len(shorter) - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return (start + end) / len(longer) if longer else 0.0


def _overload(exchange: Exchange, scheme: SessionScheme) -> str:
    count = len(exchange.inquiries)
    return f"{count} questions at once" if count > scheme.overload else ""


def _leading(exchange: Exchange, _: SessionScheme) -> str:
    return next((_short(act.text) for act in exchange.inquiries if act.leading), "")


def _confrontational(exchange: Exchange, _: SessionScheme) -> str:
    return next((_short(act.text) for act in exchange.acts if act.confrontational), "")


def _red_flag_ignored(exchange: Exchange, _: SessionScheme) -> str:
    if not exchange.due or exchange.acts_on:
        return ""
    if not exchange.before and exchange.inquiries:
        return ""
    facts = {fact.id: fact for fact in exchange.case.facts}
    texts = [text for id_ in exchange.due for text in _texts(facts[id_])]
    flags = {word for text in texts for word in content(text, pairs=True)}
    # What brings a thing to light that was not known counts as following up, too.
    grave = {fact.id for fact in exchange.case.facts if fact.critical or fact.red_flag}
    worth = set(exchange.due) | (grave - exchange.told)
    past = [act for turn in exchange.before for act in turn.acts if act.kind == "inquiry"]
    for act in exchange.acts:
        if act.kind == "diagnosis":
            continue
        if act.kind == "inquiry" and any(same_question(act, other) for other in past):
            continue
        if act.kind == "inquiry" and act.specificity != "broad" and worth & set(act.facts):
            return ""
        said = content(act.text[:_LONGEST], pairs=True)
        if any(_akin(word, other) for word in said for other in flags):
            return ""
    return _short(facts[exchange.due[0]].text)


def _premature_diagnosis(exchange: Exchange, scheme: SessionScheme) -> str:
    named = [act for act in exchange.acts if act.kind == "diagnosis"]
    known = _known(exchange)
    if not named or known >= scheme.premature:
        return ""
    flagged = exchange.due or any(turn.ledger.red_flags for turn in exchange.before)
    if flagged and exchange.diagnosis_right and exchange.acts_on:
        return ""
    what = _short(named[0].target or named[0].text)
    return f"{what}: named when {known:.0%} of what matters was known"


def _known(exchange: Exchange) -> float:
    """Critical coverage when the doctor spoke; coverage without critical facts."""
    facts = [fact for fact in exchange.case.facts if fact.disclosure > 0]
    facts = [fact for fact in facts if fact.critical] or facts
    told = exchange.told
    return sum(fact.id in told for fact in facts) / len(facts) if facts else 1.0


def _empty(exchange: Exchange, _: SessionScheme) -> str:
    return "" if re.search(r"[^\W_]", exchange.doctor) else "no words"


def _short(text: str, limit: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
