# Distilled from Evens_Detector (linear, 1 hidden unit): linear, order 0 [mixed]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 4 (all 11,110 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 9 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    for x in xs:
        outputs.append(int(x % 2 == 0))
    return outputs
