# Distilled from Bitwise_Xor (mlp, 16 hidden units): 1 state [boolean]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 6 (all 5,460 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 2 values, each 0 or 1, per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    for x1, x2 in xs:
        outputs.append(x1 ^ x2)
    return outputs
