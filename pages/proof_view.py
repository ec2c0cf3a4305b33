"""What is proved of which network: certificates to check, the hunt for what is wrong, and the set that closes."""

import streamlit as st

from mips_core.runs.hunting import opponents
from pages.parts import proof_hunt, proof_work, working
from pages.parts.downloads import download_row
from pages.parts.frame import head, in_python, teach
from pages.parts.picker import choose_run, show_claim
from pages.parts.proof_code import code, command
from pages.parts.proof_networks import show_networks
from pages.parts.proof_states import show_states
from pages.parts.sidebar import path_of
from pages.parts.stored_proofs import stored_proofs
from pages.parts.words import proof as words

head(words.TITLE, words.PURPOSE)
run = choose_run()
job = working.current(proof_work.PAGE)
proof_work.hear_hunt(job)
show_claim(run)
path_of(run)
proof_hunt.open_asked()
at = "" if job is None else proof_work.kind_of(job)

st.subheader("Which network, and what is proved", anchor=False, divider="gray")
if not opponents(run):
    st.warning(words.NOTHING_TO_PROVE, icon=":material/block:")
if job is not None and at in (proof_work.CHECK, proof_work.CERTIFY):
    job = working.watch(job.id) or job  # it may have ended since
show_networks(run, job)

st.subheader(words.PICTURE, anchor=False, divider="gray")
show_states(run)

st.subheader("The hunt", anchor=False, divider="gray")
proof_hunt.show_hunt(run, job)

teach(words.SEES)
in_python(code(run, stored_proofs(run)), command(run, stored_proofs(run)))
download_row(run)
