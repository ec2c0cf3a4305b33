"""What the explorer says while it works, and about work that is over or lost."""

UNKNOWN = (
    "This work is no longer known here. The explorer was started again since, or the work ended long ago. What it "
    "stored is under Your runs."
)
ELSEWHERE = "The link names work that belongs to another page."
WAITING = "Waiting for a free place: number {position} in the queue. Two jobs run at a time."
STOPPING = "Stopping; what was finished is being kept."
CANCEL_HELP = "Stops the work and keeps the best so far. The Esc key does the same."
