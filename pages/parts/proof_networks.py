"""The networks of a run side by side: what each is, what is claimed of it, and its files to check and take away."""

import numpy as np
import streamlit as st

from mips_core.errors import MipsError
from mips_core.files import read_bytes
from mips_core.jobs import Job
from mips_core.runs import Run
from mips_core.runs.checking import digests_of
from mips_core.runs.proof_jobs import keep_certificate
from mips_core.runs.proofs import Proof, Proofs
from mips_core.verification.claims import Strength
from mips_core.views.ladder import ladder_html, rung_of, short_words
from mips_core.views.proof_words import (
    AS_TRAINED,
    CHANGED,
    HOW,
    OF_THIS_RUN,
    change_sentence,
    claim_of,
    counterexample_sentence,
    headline_html,
    name_of,
)
from mips_core.views.sequences import LONGEST, sequence_text
from pages.parts import data, proof_work
from pages.parts.picker import link_to
from pages.parts.plain import plain
from pages.parts.stored_proofs import stored_proofs
from pages.parts.words import compare as compare_words
from pages.parts.words import proof as words

_LONG = 160  # characters of a sequence that are shown without a frame to scroll in


def show_networks(run: Run, job: Job | None) -> None:
    """Show the sentence, the ladder and a card for each network."""
    found = stored_proofs(run)
    st.html(f'<p style="font-size: 1.15rem; margin: 0">{headline_html(found)}</p>')
    st.html(ladder_html(_standing(found)))
    st.caption(words.LADDER)
    columns = st.columns(2, gap="medium")
    for column, proof in zip(columns, found.both, strict=False):
        with column, st.container(border=True):
            _card(run, proof, job)
    if found.changed is None:
        with columns[1], st.container(border=True):
            st.markdown(f"**{CHANGED.capitalize()}**")
            st.caption(words.NO_COPY)


def _standing(found: Proofs) -> dict[Strength, list[str]]:
    standing: dict[Strength, list[str]] = {}
    for proof in found.both:
        claim, name = claim_of(proof), name_of(proof)
        if claim is not None:
            standing.setdefault(claim.strength, []).append(f"{name}: {short_words(claim)}")
        beyond = proof.counterexample if claim is not None and claim.strength > Strength.DIFFERS else None
        if beyond is not None:
            standing.setdefault(Strength.DIFFERS, []).append(f"{name}: beyond, at length {len(beyond.steps):,}")
    return standing


def _card(run: Run, proof: Proof, job: Job | None) -> None:
    claim, name = claim_of(proof), name_of(proof)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{'The network of this run' if name == OF_THIS_RUN else name.capitalize()}**", width="content")
        if claim is not None:
            rung = rung_of(claim)
            st.badge(short_words(claim), color=rung.colour, icon=f":material/{rung.icon}:", help=rung.meaning)
    try:
        if name == OF_THIS_RUN:
            st.markdown(words.CHANGED_BEFORE)
        st.markdown(words.UNCHANGED if name == AS_TRAINED else change_sentence(proof.network))
        digests = digests_of(read_bytes(proof.network_path), proof.network)
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/broken_image:")
        return
    if proof.problem:
        st.error(words.DAMAGED.format(reason=plain(proof.problem)), icon=":material/broken_image:")
    elif proof.certificate is not None:
        kind = str(proof.certificate.get("kind"))
        st.caption(HOW.get(kind, f"A proof of the kind {plain(kind)}."))
    else:
        st.caption(words.NO_CERTIFICATE)
        if claim is not None:
            st.markdown(plain(claim.sentence))
    if proof.hunt_problem:
        st.error(plain(proof.hunt_problem), icon=":material/broken_image:")
    _counterexample(run, proof)
    st.caption(f"The network's {digests}")
    _files(run, proof)
    _check(run, proof, job)


def _counterexample(run: Run, proof: Proof) -> None:
    found = proof.counterexample
    if found is None:
        return
    x = np.array(found.steps, dtype=np.int64).reshape(len(found.steps), -1)
    text = sequence_text(x, data.words_of(run))
    st.markdown(f":material/warning: {counterexample_sentence(proof)}")
    st.code(text, language=None, wrap_lines=True, height=140 if len(text) > _LONG else "content")
    if proof.is_changed:
        st.caption(words.NOT_IN_PLAYER.format(name=name_of(stored_proofs(run).as_trained)))
    else:
        open_links(run, text, len(x))


def open_links(run: Run, text: str, steps: int) -> None:
    """Show links that open a sequence in the player and on the page that compares."""
    if steps > LONGEST:
        st.caption(compare_words.TOO_LONG.format(longest=LONGEST))
        return
    query = {**link_to(run), "xs": text, "t": str(steps)}
    with st.container(horizontal=True, gap="small"):
        st.page_link(
            "pages/player_view.py", label="Open in lock-step", icon=":material/play_circle:", query_params=query
        )
        st.page_link("pages/compare_view.py", label="Compare", icon=":material/compare_arrows:", query_params=query)


def _files(run: Run, proof: Proof) -> None:
    name = f"{run.file_name}{'_proved' if proof.is_changed else ''}"
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Network (.safetensors)", read_bytes(proof.network_path), f"{name}.safetensors", "application/octet-stream",
            on_click="ignore", icon=":material/download:", key=f"network_{proof.is_changed}",
        )  # fmt: skip
        if proof.certificate_path is not None:
            st.download_button(
                "Certificate (.json)", read_bytes(proof.certificate_path), f"{name}.certificate.json",
                "application/json", on_click="ignore", icon=":material/download:",
                key=f"certificate_{proof.is_changed}",
            )  # fmt: skip


def _check(run: Run, proof: Proof, job: Job | None) -> None:
    """Offer the check, and show what the checker said."""
    busy = job is not None and not job.over
    if proof.certificate_path is None:
        if not proof.is_changed and run.machine is not None:
            told = words.CERTIFY_HELP.format(name=name_of(proof))
            st.button(
                words.CERTIFY, icon=":material/search_check:", key="certify", on_click=proof_work.begin_certify,
                args=(run, words.CERTIFY_SECONDS), disabled=busy, help=told,
            )  # fmt: skip
            _certified(run, job)
        return
    st.button(
        words.CHECK, icon=":material/verified:", key=f"check_{proof.is_changed}", on_click=proof_work.begin_check,
        args=(run, proof.is_changed), disabled=busy, help=words.CHECK_HELP, type="primary",
    )  # fmt: skip
    if job is not None and job.arguments.get("changed") == proof.is_changed:
        result = proof_work.result_of(run, job, proof_work.CHECK)
        if result is not None:
            told = {"seconds": result["seconds"], "sentence": plain(result["sentence"])}
            if result["accepted"]:
                st.success(words.ACCEPTED.format(**told), icon=":material/verified:")
            else:
                st.error(words.REFUSED.format(**told), icon=":material/block:")
            st.caption("  \n".join(plain(line) for line in result["statements"]))
    st.caption(words.ON_COMMAND_LINE)
    st.code(check_command(run, proof), language="bash", wrap_lines=True)


def _certified(run: Run, job: Job | None) -> None:
    """Show what came of looking for a proof."""
    result = proof_work.result_of(run, job, proof_work.CERTIFY)
    if result is None or job is None:
        return
    if not result["proved"]:
        st.warning(f"Nothing was proved. {plain(' '.join(map(str, result['tried'])))}", icon=":material/info:")
        return
    st.success(plain(result["sentence"]), icon=":material/verified:")
    content = read_bytes(job.folder / "certificate.json")
    st.download_button(
        "Certificate (.json)", content, f"{run.file_name}.certificate.json", "application/json", on_click="ignore",
        icon=":material/download:", key="certificate_made",
    )  # fmt: skip
    if run.is_own:
        st.button(
            words.KEEP_CERTIFICATE, icon=":material/save:", key="keep_certificate", on_click=keep_certificate,
            args=(run, job.folder),
        )  # fmt: skip


def check_command(run: Run, proof: Proof) -> str:
    """Return the command that checks a certificate."""
    assert proof.certificate_path is not None
    paths = (proof.certificate_path, proof.network_path, run.folder)
    return " ".join(["mips check-certificate", *(data.path_text(path) for path in paths)])
