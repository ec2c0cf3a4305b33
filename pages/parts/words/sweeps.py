"""The words about sweeps on the page "Your runs"."""

WHAT = (
    "A **sweep** trains a network for many tasks and seeds, side by side, and turns each into a program. Every result "
    "becomes one of your runs. What is stored already is not computed again, so a sweep goes on where it was stopped."
)
SEEDS_HELP = "Each seed starts all chance anew: one network of each task for each."
BUDGET_HELP = "Counted by the work done, so that a busy computer gets the same results, later."
NO_TASK = "Choose at least one task."
UNITS = "That makes {units}."
STATES = {
    "running": "is running",
    "done": "is done",
    "stopped": "was stopped",
    "failed": "ended with an error",
}
FORGET_HELP = "Takes it off this list. Its runs stay."
FAILED = "It ended early: {error}"
COMMAND = "mips sweep --tasks {tasks} --seeds {seeds} --budget {budget}"
JOB = "Sweep: {title}"
STARTING = "Starting"
SEEDS = "A whole number of seeds from 1 to {most} can be started here, not {seeds}."
NEW = "{runs} more than the list above shows."
GO_ON_HELP = "Does what is not done yet. What is stored is not computed again."
