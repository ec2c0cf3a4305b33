# Distilled from Parity_Last4 (mlp, 16 hidden units): 8 states [boolean]
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
    previous3 = 0
    for x in xs:
        outputs.append(x ^ previous ^ previous2 ^ previous3)
        previous, previous2, previous3 = x, previous, previous2
    return outputs
