"""What is proved of the networks that ship: read from the certificates in the folders of their runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from mips_core.errors import BadInputError, MipsError
from mips_core.runs.proofs import Proof, change_of, claim_as_trained, proofs_of
from mips_core.runs.shipped import shipped_run
from mips_core.verification.claims import Claim, Strength


@dataclass(frozen=True)
class RowCertificates:
    """What is proved of the networks of one task.

    Parameters
    ----------
    claim : of the certified network, in the words of the ladder; None where no network has a certificate
    length : up to which it is proved; None for all lengths, or where nothing is
    always : proved for all lengths
    kind : of the certificate: "grid", "regions", ...
    change : what was changed for the proof; "" where the certified network is the one as trained
    as_trained : what is known of the network as trained, in the words of the ladder; None where nothing is
    proved_as_trained : whether that network, unchanged, has a certificate
    counterexample : steps of the shortest sequence known on which the network as trained is wrong, or None
    beyond : the same of the certified network where that was changed
    problem : why a certificate cannot be read, or ""
    """

    claim: str | None = None
    length: int | None = None
    always: bool = False
    kind: str | None = None
    change: str = ""
    as_trained: str | None = None
    proved_as_trained: bool = False
    counterexample: int | None = None
    beyond: int | None = None
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @staticmethod
    def from_dict(value: Mapping[str, Any]) -> RowCertificates:
        """Read what :meth:`to_dict` wrote; TypeError or KeyError when a field is missing."""
        return RowCertificates(**{each.name: value[each.name] for each in fields(RowCertificates)})


def shipped_certificates(task: str, digest: str | None) -> RowCertificates | None:
    """Return what is proved of a task's shipped networks.

    Parameters
    ----------
    digest : of the network that was measured; certificates of another one say nothing about it, which gives None
    """
    try:
        proofs = proofs_of(shipped_run(task))
        own = proofs.as_trained
        if own.digest != digest:
            return None
    except BadInputError:
        return None
    proved = proofs.changed if proofs.changed is not None and _claim(proofs.changed) is not None else own
    claim, known = _claim(proved), claim_as_trained(proofs)
    different, beyond = own.counterexample, proved.counterexample if proved.is_changed else None
    return RowCertificates(
        claim=None if claim is None else claim.words,
        length=None if claim is None or proved.certificate is None else proved.certificate["length"],
        always=claim is not None and claim.strength is Strength.PROVED_FOR_ALL_LENGTHS,
        kind=None if claim is None or proved.certificate is None else str(proved.certificate.get("kind")),
        change=change_of(proved.network) or "changed" if claim is not None and proved.is_changed else "",
        as_trained=None if known is None else known.words,
        proved_as_trained=_claim(own) is not None,
        counterexample=None if different is None else len(different.steps),
        beyond=None if beyond is None else len(beyond.steps),
        problem=" ".join(filter(None, (proof.problem for proof in proofs.both))),
    )


def _claim(proof: Proof) -> Claim | None:
    try:
        return proof.claim
    except MipsError:
        return None


@dataclass(frozen=True)
class CertificateTotals:
    """Counts over tasks.

    Parameters
    ----------
    tasks : rows whose certificates were looked for
    certified : those with a network that has a certificate, changed or not
    always : of these, proved for all lengths
    as_trained : those whose network as trained, unchanged, has a certificate
    wrong : those on whose network as trained a counterexample is known
    """

    tasks: int
    certified: int
    always: int
    as_trained: int
    wrong: int

    @property
    def sentence(self) -> str:
        """The counts as a reader sees them."""
        text = (
            f"{self.certified} of {self.tasks} tasks ship a network with a certificate, {self.always} of these for all "
            f"lengths. Of {self.as_trained} tasks the network as trained, unchanged, has one."
        )
        if not self.wrong:
            return text
        return f"{text} Of {self.wrong} networks as trained a counterexample is known."


def certificate_totals(found: Iterable[RowCertificates | None]) -> CertificateTotals:
    """Count over rows; None is a row of which nothing is known."""
    listed = list(found)
    known = [each for each in listed if each is not None]
    return CertificateTotals(
        tasks=len(listed),
        certified=sum(each.claim is not None for each in known),
        always=sum(each.always for each in known),
        as_trained=sum(each.proved_as_trained for each in known),
        wrong=sum(each.counterexample is not None for each in known),
    )
