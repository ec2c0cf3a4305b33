# Distilled from Bit_Dot_Prod_Mod2 (mlp, 16 hidden units): 2 states [boolean]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 6 (all 5,460 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 2 values, each 0 or 1, per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    parity = 0
    for x1, x2 in xs:
        parity = parity ^ (x1 & x2)
        outputs.append(parity)
    return outputs
