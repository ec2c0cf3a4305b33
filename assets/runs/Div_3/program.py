# Distilled from Div_3 (mlp, 16 hidden units): 3 states [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 13 (all 16,382 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 0 or 1 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    remainder = 0
    for x in xs:
        total = 2 * remainder + x
        remainder = total % 3
        outputs.append(total // 3)
    return outputs
