"""The first message of a respondent, where a record has none: the complaint in their words."""

from collections.abc import Sequence

from medelphi.schema import Fact, Language
from medelphi.tools.cases.people import People, is_child, years_of

MOST = 2
"""Facts that an opener tells."""


def opener_of(people: People, complaints: Sequence[Fact], language: Language) -> str:
    """A first message that tells the complaints and who it is about.

    Args:
        people: Who speaks about whom.
        complaints: What to tell, at most `MOST`; none gives a message without a complaint.
        language: Of the case.
    """
    told = " ".join(fact.lay for fact in complaints[:MOST])
    if language == "zh":
        return _chinese(people, "".join(fact.lay for fact in complaints[:MOST]))
    hello = "Hello, doctor."
    if people.respondent == "caregiver":
        about = f"{hello} I'm here about {_whom(people)}."
        return f"{about} {told}" if told else f"{about} Could you have a look, please?"
    age = _age(people)
    about = f"{hello} I'm {age}." if age else hello
    return f"{about} {told}" if told else f"{about} I'd like to have something checked, please."


def _age(people: People) -> str:
    years = years_of(people.demographics.age)
    return (
        f"{people.demographics.age} old"
        if years is not None and years < 1
        else (f"{years:.0f}" if years is not None else "")
    )


def _whom(people: People) -> str:
    male, female = (people.demographics.sex == sex for sex in ("male", "female"))
    age = people.demographics.age
    years = years_of(age)
    number, _, unit = age.partition(" ")
    aged = f"{number}-{unit.rstrip('s')}-old " if years is not None and unit else ""
    relation = people.relation
    if relation in {"mother", "father", "parent"}:
        kin = "son" if male else "daughter" if female else "baby" if (years or 0) < 2 else "child"
    elif relation.startswith("grand"):
        kin = "grandson" if male else "granddaughter" if female else "grandchild"
    elif relation in {"wife", "husband"}:
        return f"my {'husband' if relation == 'wife' else 'wife'}"
    elif relation in {"son", "daughter"}:
        return f"my {'father' if male else 'mother' if female else 'parent'}"
    elif relation in {"sister", "brother"}:
        return f"my {'brother' if male else 'sister' if female else 'sibling'}"
    elif relation in {"roommate", "partner", "friend"}:
        return f"my {relation}"
    elif relation in {"boyfriend", "girlfriend"}:
        return f"my {'boyfriend' if male else 'girlfriend' if female else 'partner'}"
    elif is_child(people.demographics):
        return f"this {aged}{'boy' if male else 'girl' if female else 'child'}"
    else:
        return "a member of my family"
    return f"my {aged}{kin}"


def _chinese(people: People, told: str) -> str:
    age = people.demographics.age
    if people.respondent == "caregiver":
        child = {"male": "儿子", "female": "女儿"}.get(people.demographics.sex, "孩子")
        whom = {"妻子": "丈夫", "丈夫": "妻子", "女儿": "家人", "儿子": "家人", "家属": "家人"}.get(
            people.relation, child
        )
        about = f"医生您好，我来问问我{whom}的情况" + (
            f"，{age}。" if age and years_of(age) is not None else "。"
        )
        return about + (told or "想请您给看看。")
    about = f"医生您好，我今年{age}。" if age.endswith("岁") else "医生您好。"
    return about + (told or "我想请您给看看。")
