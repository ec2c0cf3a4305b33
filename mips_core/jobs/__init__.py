"""Work in child processes, watched and stopped from a page that may be reloaded at any time.

A job is a function of a module, called in a process of its own with plain arguments:

    def count(*, folder: Path, monitor: Monitor, limit: int) -> dict[str, Any]: ...

    registry = JobRegistry()
    job = registry.start(count, {"limit": 5}, title="Counting", stages={"count": "Count"})
    registry.job(job.id).fraction

The function reports through its ``monitor``: stages with :meth:`~mips_core.progress.Monitor.report`, numbers to
draw with ``monitor.events({...})``, and with :func:`keep` what is worth having should it be stopped.  Messages are
lines of JSON, so nothing that a process sends can run anything in another.  What was ordered, what was kept and how it
ended also stand in files, so that a registry on the same folder finds a job again after its server has ended.
"""

from mips_core.jobs.job import Job, JobState, Stop
from mips_core.jobs.messages import keep
from mips_core.jobs.registry import JobLimits, JobRegistry

__all__ = ["Job", "JobLimits", "JobRegistry", "JobState", "Stop", "keep"]
