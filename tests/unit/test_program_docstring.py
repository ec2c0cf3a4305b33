"""What a distilled program says about itself is what was checked on it."""

from mips_core.distillation import distill
from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.programs import Program, parse_program
from mips_core.regression.method import Method
from mips_core.tasks import Integers
from mips_core.verification.claims import Claim, Strength
from mips_core.verification.docstring import claims_sentence, program_docstring
from mips_core.verification.program import Verification


def claim(words, other="network", strength=Strength.AGREES_ON_HELD_OUT):
    return Claim(strength, "program", other, words)


def verification(*claims):
    none = {"1x": None, "5x": None}
    return Verification(none, none, none, claims, "", None)


X1, X2, TOTAL = Variable("x1"), Variable("x2"), Variable("total")


def test_a_distilled_program_states_its_claims_and_ranges():
    report = distill("Div_3")
    text = " ".join(report.program.claim.split())
    assert "Agrees with the network on 4,096 held-out sequences of length 10 and of length 50" in text
    assert "Agrees with the data on 4,096 held-out sequences of length 10 and of length 50." in text
    assert text.endswith("xs: 0 or 1 per step. Returns 0 or 1 per step.")
    assert report.verification.claims[0].words in text.replace("Agrees with the network on", "agrees on")
    assert parse_program(report.program.source) == report.program


def test_differences_are_said():
    claims = [
        claim("agrees on 9 random sequences of length 2"),
        claim("differs on 3 of 9 random sequences of length 10"),
    ]
    assert claims_sentence(claims, "network") == (
        "Agrees with the network on 9 random sequences of length 2; "
        "differs from the network on 3 of 9 random sequences of length 10."
    )
    assert claims_sentence([], "network") == ""


def test_ranges_are_proved_from_the_equations():
    rest = apply("mod", apply("add", TOTAL, X1), 7)
    system = IntegerSystem(("x1", "x2"), (StateVariable("total", 0, rest),), (rest, apply("add", X1, X2)))
    program = Program(system, Method.SYMBOLIC, "")
    found = program_docstring(program, verification(claim("agrees on 1 sequence")), (Integers(0, 9), Integers(-2, 3)))
    assert found.splitlines()[-2:] == [
        "xs: 2 values (an integer from 0 to 8; an integer from -2 to 2) per step.",
        "Returns 2 values (an integer from 0 to 6; an integer from -2 to 10) per step.",
    ]
    grows = IntegerSystem(("x",), (StateVariable("total", 0, apply("add", TOTAL, Variable("x"))),), (TOTAL,))
    found = program_docstring(Program(grows, Method.LINEAR, ""), verification(), (Integers(0, 2),))
    assert found.splitlines()[-1] == "Returns an integer of 0 or more per step."
