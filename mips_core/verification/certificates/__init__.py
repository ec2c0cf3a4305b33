"""Certificates: proofs, as files, that a network as it is stored gives what its machine gives.

``certify`` tries, in this order: exact effects of single inputs for affine networks (``affine``), and a closed family
of regions of hidden states (``cover``, shapes from ``axes``, sets from ``zonotopes``) against the machine's ``tables``;
where differences stay as they are, regions that grow with each step (``orbits``).  ``packing`` writes them.
What is found counts only when :mod:`mips_core.region_checker` accepts it.
"""

from mips_core.verification.certificates.certify import Certification, certify

__all__ = ["Certification", "certify"]
