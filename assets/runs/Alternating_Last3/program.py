# Distilled from Alternating_Last3 (mlp, 16 hidden units): 4 states [boolean]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 13 (all 16,382 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 0 or 1 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    previous = 0
    previous2 = 0
    for x in xs:
        outputs.append(int(x != previous and previous != previous2))
        previous, previous2 = x, previous
    return outputs
