# Distilled from Binary_Addition (mlp, 16 hidden units): 2 states [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 6 (all 5,460 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 2 values, each 0 or 1, per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    carry = 0
    for x1, x2 in xs:
        total = carry + x1 + x2
        carry = total // 2
        outputs.append(total % 2)
    return outputs
