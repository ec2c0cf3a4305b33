# Distilled from Prev3 (linear, 4 hidden units): linear, order 3 [linear]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 2 (all 10,100 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 99 per step.
    Returns an integer from 0 to 99 per step.
    """
    outputs = []
    previous = 0
    previous2 = 0
    previous3 = 0
    for x in xs:
        outputs.append(previous3)
        previous, previous2, previous3 = x, previous, previous2
    return outputs
