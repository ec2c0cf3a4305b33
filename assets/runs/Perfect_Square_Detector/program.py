# Distilled from Perfect_Square_Detector (linear, 1 hidden unit): linear... [mixed]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 3 (all 8,420 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 19 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    for x in xs:
        outputs.append(int(x in (0, 1, 4, 9, 16)))
    return outputs
