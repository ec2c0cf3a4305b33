# Distilled from Add_Mod_7 (mlp, 16 hidden units): 7 states [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 5 (all 19,607 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 6 per step.
    Returns an integer from 0 to 6 per step.
    """
    outputs = []
    remainder = 0
    for x in xs:
        remainder = (remainder + x) % 7
        outputs.append(remainder)
    return outputs
