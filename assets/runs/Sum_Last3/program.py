# Distilled from Sum_Last3 (linear, 3 hidden units): linear, order 2 [linear]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 2 (all 10,100 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 99 per step.
    Returns an integer from 0 to 297 per step.
    """
    outputs = []
    previous = 0
    previous2 = 0
    for x in xs:
        outputs.append(x + previous + previous2)
        previous, previous2 = x, previous
    return outputs
