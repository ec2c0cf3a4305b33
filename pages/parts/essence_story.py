"""How classes became subconcepts: each split, the pair that no plane separates, and what was tried."""

import streamlit as st

from mips_core.essence.stored import StoredEssence
from mips_core.essence.story import Step, Story, common_middle
from mips_core.views.essence_marks import label_text
from mips_core.views.essence_samples import part_html
from mips_core.views.essence_selection import Shown
from mips_core.views.essence_style import styled
from mips_core.views.sequences import count_text
from pages.parts.clickable import clickable
from pages.parts.plain import plain
from pages.parts.words import essence as words


def show_story(stored: StoredEssence, shown: Shown) -> None:
    """Show the splits of one decision, step by step."""
    if not stored.stories:
        st.markdown(words.EVIDENCE)
        return
    head = 0
    if len(stored.stories) > 1:
        head = st.number_input("Output", 0, len(stored.stories) - 1, key="story_output", step=1)
    story = stored.stories[head]
    found = sum(each.head == head for each in shown.network.subconcepts)
    st.markdown(
        f"Found by: {plain(story.method)}. {count_text(found, 'part')}. {words.MINIMAL if story.minimal else ''}"
    )
    if not story.steps:
        st.markdown(words.NO_SPLIT)
    else:
        _steps(story, shown)
    if story.tried:
        st.markdown("Tried:\n" + "\n".join(f"- {plain(line)}" for line in story.tried))


def _steps(story: Story, shown: Shown) -> None:
    number = 1
    if len(story.steps) > 1:
        number = st.slider("Split", 1, len(story.steps), 1, key="story_split")
    step = story.steps[number - 1]
    st.markdown(_words(step, shown))
    parts = [(f"class {_class(members, shown)}", members) for members in step.failed]
    parts += [(f"{place} part", members) for place, members in zip(("first", "second"), step.into, strict=True)]
    html = "".join(part_html(name, members, shown) for name, members in parts)
    shared = common_middle(shown.samples.x, *step.failed) if len(step.failed) == 2 else None
    if shared is not None:
        st.markdown(words.COMMON_MIDDLE)
        pairs = "".join(
            part_html(f"class {_class(members, shown)}", members, shown) for members in (shared[0], shared[1])
        )
        clickable(styled(f'<div class="essence">{pairs}</div>'), "essence_middle")
        st.markdown("**The parts**")
    clickable(styled(f'<div class="essence">{html}</div>'), "essence_split")


def _words(step: Step, shown: Shown) -> str:
    sizes = {"n": f"{len(step.part):,}", "first": f"{len(step.into[0]):,}", "second": f"{len(step.into[1]):,}"}
    if len(step.failed) != 2:
        return words.STEP_REFINED.format(**sizes)
    one, other = (_class(members, shown) for members in step.failed)
    return words.STEP_FAILED.format(
        a=f"{len(step.failed[0]):,}", b=f"{len(step.failed[1]):,}", one=one, other=other, **sizes
    )


def _class(members: tuple[int, ...], shown: Shown) -> str:
    return next((label_text(each.label) for each in shown.network.subconcepts if set(members) & set(each.members)), "?")
