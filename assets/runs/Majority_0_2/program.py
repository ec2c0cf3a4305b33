# Distilled from Majority_0_2 (mlp, 2 hidden units): integer coordinates... [mixed]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 8 (all 9,840 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 2 per step.
    Returns an integer from 0 to 2 per step.
    """
    outputs = []
    balance = 0
    total = 0
    for x in xs:
        balance = balance - x + 1
        total = total + (-1 if x == 2 else x)
        outputs.append((max(balance, total) < 0) + (balance < max(total, 0)))
    return outputs
