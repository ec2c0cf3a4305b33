# Distilled from Abs_Diff (mlp, 2 hidden units): integer coordinates, order 1 [mixed]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 1 (all 200 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from -100 to 99 per step.
    Returns an integer from 0 to 199 per step.
    """
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(abs(x - previous))
        previous = x
    return outputs
