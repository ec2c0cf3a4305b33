# Distilled from few_recordings.csv (gru, 64 hidden units): 10 states [table]
TRANSITIONS = {
    (0, "bad"): (0, "-"),
    (0, "close"): (1, "shut"),
    (0, "good"): (0, "-"),
    (0, "open"): (0, "-"),
    (0, "put"): (2, "stored"),
    (0, "reset"): (0, "-"),
    (0, "take"): (0, "empty"),
    (0, "wait"): (0, "beep"),
    (1, "bad"): (1, "-"),
    (1, "close"): (3, "locks"),
    (1, "good"): (1, "ok"),
    (1, "open"): (0, "opens"),
    (1, "put"): (1, "-"),
    (1, "reset"): (1, "-"),
    (1, "take"): (1, "-"),
    (1, "wait"): (1, "dark"),
    (2, "bad"): (2, "-"),
    (2, "close"): (4, "shut"),
    (2, "good"): (2, "-"),
    (2, "open"): (2, "-"),
    (2, "put"): (2, "full"),
    (2, "reset"): (2, "-"),
    (2, "take"): (0, "given"),
    (2, "wait"): (2, "beep"),
    (3, "bad"): (5, "wrong"),
    (3, "close"): (3, "-"),
    (3, "good"): (1, "ok"),
    (3, "open"): (3, "locked"),
    (3, "put"): (3, "-"),
    (3, "reset"): (3, "-"),
    (3, "take"): (3, "-"),
    (3, "wait"): (3, "dark"),
    (4, "bad"): (4, "-"),
    (4, "close"): (6, "locks"),
    (4, "good"): (4, "ok"),
    (4, "open"): (2, "opens"),
    (4, "put"): (4, "-"),
    (4, "reset"): (4, "-"),
    (4, "take"): (4, "-"),
    (4, "wait"): (4, "lit"),
    (5, "bad"): (7, "alarm"),
    (5, "close"): (5, "-"),
    (5, "good"): (1, "ok"),
    (5, "open"): (5, "locked"),
    (5, "put"): (5, "-"),
    (5, "reset"): (5, "-"),
    (5, "take"): (5, "-"),
    (5, "wait"): (5, "dark"),
    (6, "bad"): (8, "wrong"),
    (6, "close"): (6, "-"),
    (6, "good"): (4, "ok"),
    (6, "open"): (6, "locked"),
    (6, "put"): (6, "-"),
    (6, "reset"): (6, "-"),
    (6, "take"): (6, "-"),
    (6, "wait"): (6, "lit"),
    (7, "bad"): (7, "blocked"),
    (7, "close"): (7, "blocked"),
    (7, "good"): (7, "blocked"),
    (7, "open"): (7, "blocked"),
    (7, "put"): (9, "blocked"),
    (7, "reset"): (6, "ready"),
    (7, "take"): (7, "blocked"),
    (7, "wait"): (7, "dark"),
    (8, "bad"): (7, "alarm"),
    (8, "close"): (5, "-"),
    (8, "good"): (4, "ok"),
    (8, "open"): (8, "locked"),
    (8, "put"): (6, "-"),
    (8, "reset"): (6, "-"),
    (8, "take"): (8, "-"),
    (8, "wait"): (8, "lit"),
    (9, "bad"): (7, "blocked"),  # not observed
    (9, "close"): (7, "blocked"),
    (9, "good"): (7, "blocked"),  # not observed
    (9, "open"): (7, "blocked"),
    (9, "put"): (9, "blocked"),  # not observed
    (9, "reset"): (6, "ready"),  # not observed
    (9, "take"): (7, "blocked"),  # not observed
    (9, "wait"): (7, "lit"),
}


def f(xs):
    """Agrees with the network on 160 held-out sequences of length up to 18; differs
    from the network on 28 of 4,096 random sequences of length 18 and on 1,177 of
    3,627 random sequences of length 90; exhaustive to length 4 (all 4,680 input
    sequences agree); the shortest difference found has length 8.
    Differs from the data on 1 of 160 held-out sequences of length up to 18;
    differs from 3 of 9,633 recorded outputs (2 of 800 rows), too few to tell
    recording errors from a rare mistake of the program, and nowhere do the data
    contradict themselves: they count as differences (rows 253, 422).

    xs: a word (bad, close, good, open, put, reset, take, wait) per step.
    Returns a word (-, alarm, beep, blocked, dark, empty, full, given, ...) per
    step.
    """
    outputs = []
    state = 0
    for x in xs:
        state, output = TRANSITIONS[state, x]
        outputs.append(output)
    return outputs
