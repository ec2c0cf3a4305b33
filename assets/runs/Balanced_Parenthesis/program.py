# Distilled from Balanced_Parenthesis (mlp, 1 hidden unit): registers... [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 13 (all 16,382 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 0 or 1 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    depth = 0
    for x in xs:
        depth = depth if depth < 0 else depth - 1 if x else depth + 1
        outputs.append(int(depth == 0))
    return outputs
