"""Certificates: proofs, as files, that a network as it is stored gives what its machine gives.

Of a network whose states lie on a ``grid``, all states that it reaches are listed.  For others ``certify`` tries, in
this order: exact ``integers`` where the weights are such, exact effects of single inputs for affine networks
(``affine``), and a closed family of regions of hidden states (``cover``, shapes from ``axes``, sets from ``zonotopes``)
against the machine's ``tables``; where differences stay as they are, regions that grow with each step (``orbits``).
``packing`` writes them.  What is found counts only when a checker accepts it: :mod:`mips_core.certificate_checker` for
the first, :mod:`mips_core.integer_checker` and :mod:`mips_core.lattice_checker` for integers,
:mod:`mips_core.region_checker` for the others.
"""

from mips_core.verification.certificates.certification import Certification
from mips_core.verification.certificates.certify import certify

__all__ = ["Certification", "certify"]
