# Distilled from Abs_Current (mlp, 1 hidden unit): integer coordinates... [mixed]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 1 (all 200 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from -100 to 99 per step.
    Returns an integer from 0 to 100 per step.
    """
    outputs = []
    for x in xs:
        outputs.append(abs(x))
    return outputs
