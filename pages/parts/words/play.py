"""The texts of the lock-step page."""

PURPOSE = "Watch the network, its machine and its code think in lock-step."

SEES = (
    "All panels show the **same moment**. The pointer on the tape is the input that is read. The ring in the cloud is "
    "the network's *hidden state*, with a trail of the last steps. The filled circle is the machine's state; the thick "
    "arrow is the one just taken. In the program the lines that ran are shaded, with the values they set beside them; "
    "*line by line* walks through them. Below the tape stand the four answers; whoever is not right is framed and "
    "named. Keys: Space plays, arrows step, Home and End jump, [ and ] change the speed."
)
