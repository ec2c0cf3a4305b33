# Distilled from Bit_Shift_Right (linear, 2 hidden units): linear, order 1 [linear]
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
    for x in xs:
        outputs.append(previous)
        previous = x
    return outputs
