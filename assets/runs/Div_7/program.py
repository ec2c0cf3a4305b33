# Distilled from Div_7 (mlp, 16 hidden units): 7 states [symbolic]
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
        remainder = total % 7
        outputs.append(total // 7)
    return outputs
