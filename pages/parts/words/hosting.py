"""What a server with visitors says about who sees what, and how much each may use."""

LIMITS = (
    "**A shared server.** Only you see your files, work and runs. One job of yours runs at a time, for up to {minutes} "
    "minutes and {megabytes} MB of memory; {jobs} may run or wait. A file may have {upload} MB. For more, install the "
    "explorer on your own computer."
)

KEPT = (
    "Only you see these runs, unless you share one. They take {kept} of {megabytes} MB; when all is taken, nothing new "
    "starts until you delete some. They are removed {days} days after your last visit. One cookie, a random number, "
    "tells this server that it is you; clear it, and they are out of your reach."
)

NO_COOKIE = (
    "Your browser keeps no cookie of this server. What you make here is lost when you close or reload this page, so "
    "download it before."
)

SHARE_HELP = "Makes a link. Whoever has it can look at this run, and change nothing."
SHARED = "Everybody who has this link can look at the run. You can take it back at any time."
UNSHARED = "{} is not shared any more: its link opens nothing now."
NOW_SHARED = "{} is shared: its link stands below."
NOT_SHARED = "This run is not shared any more, or the link is not complete."
IN_CODE = (
    "This run lies on the server. To use it in Python, install the explorer, put its files into a folder (*Whole run*, "
    "below), and write the path of that folder in place of its name."
)
