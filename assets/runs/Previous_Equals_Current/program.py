# Distilled from Previous_Equals_Current (mlp, 16 hidden units): 8 states [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 4 (all 4,680 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 7 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(int(previous == x))
        previous = x
    return outputs
