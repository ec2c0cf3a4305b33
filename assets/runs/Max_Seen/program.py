# Distilled from Max_Seen (mlp, 1 hidden unit): linear regions [mixed]
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
    running_max = 0
    for x in xs:
        running_max = max(running_max, x)
        outputs.append(running_max)
    return outputs
