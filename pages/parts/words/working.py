"""What the explorer says while it works, and about work that is over or lost."""

from mips_core.jobs import Stop

UNKNOWN = (
    "This work is not known here: it ended long ago, it is not yours, or another explorer is at it. What it stored is "
    "under Your runs."
)
STOPPED = {
    Stop.TIME: "The time limit of {limit} was reached, so the work was stopped. What was kept is below.",
    Stop.SERVER: "The explorer was stopped while this work ran or waited. What was kept is below.",
}
ELSEWHERE = "The link names work that belongs to another page."
WAITING = "Waiting for a free place: number {position} in the queue. Two jobs run at a time."
STOPPING = "Stopping; what was finished is being kept."
CANCEL_HELP = "Stops the work and keeps the best so far. The Esc key does the same."
