# Distilled from Majority_0_1 (mlp, 1 hidden unit): integer coordinates... [mixed]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10; differs from
    the network on 2 of 4,096 held-out sequences of length 50; exhaustive to
    length 13 (all 16,382 input sequences agree); the shortest difference found
    has length 45.
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 0 or 1 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    balance = 0
    for x in xs:
        balance = balance + 2 * x - 1
        outputs.append(int(balance > 0))
    return outputs
