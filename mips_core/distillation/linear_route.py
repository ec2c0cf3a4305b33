"""Route 1: exact realisation of networks that are affine from end to end."""

from __future__ import annotations

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import Subject
from mips_core.errors import MipsError
from mips_core.machines.integer_system import pruned
from mips_core.machines.realisation import realise
from mips_core.networks import MlpNetwork
from mips_core.programs import Program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import Method, combined, simplify_lookups

NAME = "linear realisation"


def linear_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Read the impulse response, round it, and realise it over the integers with the fewest nodes."""
    network = subject.network
    if not (isinstance(network, MlpNetwork) and network.is_transition_affine and network.is_readout_affine):
        return RouteOutcome((), "The network is not affine from end to end.")
    monitor.report("extract", "Reading the impulse response of the affine network")
    clock = Stopwatch()
    try:
        realisation = realise(network, monitor=monitor)
    except MipsError as error:
        return RouteOutcome((), str(error))
    extracted = clock.seconds
    monitor.report("regress", "Writing the exact realisation as formulas")
    system = realisation.system
    method = Method.LINEAR
    if system.tables and subject.symbols is not None:
        system, replaced = simplify_lookups(system, subject.symbols, monitor=monitor, budget=4.0)
        method = combined([method, replaced]) if replaced is not None else method
    note = f"exact linear realisation of order {realisation.order}"
    program = Program(pruned(system), method, note)
    candidate = Candidate(
        NAME,
        realisation.system,
        program,
        note,
        f"linear, order {realisation.order}",
        extracted,
        clock.seconds - extracted,
    )
    return RouteOutcome((candidate,), note)
