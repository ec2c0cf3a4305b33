# Distilled from Min_Seen (mlp, 16 hidden units): 10 states [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 4 (all 11,110 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 9 per step.
    Returns an integer from 0 to 9 per step.
    """
    outputs = []
    running_min = 9
    for x in xs:
        running_min = min(running_min, x)
        outputs.append(running_min)
    return outputs
