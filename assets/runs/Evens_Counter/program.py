# Distilled from Evens_Counter (linear, 1 hidden unit): linear, order 1 [mixed]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 4 (all 11,110 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 9 per step.
    Returns an integer of 0 or more per step.
    """
    outputs = []
    count = 0
    for x in xs:
        count = count + (x % 2 == 0)
        outputs.append(count)
    return outputs
