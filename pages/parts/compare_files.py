"""What the page "Compare and failures" gives away: code that runs, and its findings as files."""

import json

from mips_core.runs import Run
from mips_core.runs.comparing import comparison_dict
from mips_core.stepping import IntArray
from mips_core.views.csv_text import csv_text
from mips_core.views.failure_words import failure_rows
from mips_core.views.sequence_code import sequence_code
from pages.parts import comparing, data
from pages.parts.downloads import File

_HEADER = ("cause", "who", "first difference", "found among", "sequence", "evidence")


def code(run: Run, x: IntArray) -> str:
    """Return Python that finds the failures of a run, and follows the first steps of a sequence (T, D_in)."""
    imports, lines = sequence_code(x, data.words_of(run))
    imports = [
        imports[0],
        "",
        *imports[1:],
        "from mips_core.runs import open_run",
        "from mips_core.runs.comparing import compared_run",
        "from mips_core.verification.failures import find_failures, tried_sentence",
        "from mips_core.views.lockstep import lock_step",
    ]
    return "\n".join(
        [
            *imports, "", f'run = open_run("{run.id}")', "search = find_failures(compared_run(run))",
            "print(tried_sentence(search))", "for cause, found in search.groups().items():",
            "    print(cause, len(found), found[0].finding.why)", "", *lines,
            "lock = lock_step(run.network, run.machine, run.program, None, x)",
            "print([a.sentence for a in lock.agreements()])",
        ]
    )  # fmt: skip


def files(run: Run) -> list[File]:
    """Return the failures as a table, and everything on the page as JSON; made when asked for."""
    words = data.words_of(run)

    def table() -> str:
        rows = failure_rows(comparing.search(run).failures, words)
        return csv_text({name: [row[name] for row in rows] for name in _HEADER})

    def everything() -> str:
        found = comparison_dict(
            run.id, comparing.cells(run), comparing.lengths(run), comparing.search(run), words=words
        )
        return json.dumps(found, indent=1, ensure_ascii=False)

    return [
        File("Failures", f"{run.file_name}_failures.csv", table),
        File("Comparison", f"{run.file_name}_comparison.json", everything),
    ]
