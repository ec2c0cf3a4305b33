# Distilled from Bit_Palindrome (mlp, 16 hidden units): index law [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10; differs from
    the network on 3,182 of 4,096 held-out sequences of length 50; exhaustive to
    length 10 (all 2,046 input sequences agree); the shortest difference found has
    length 11.
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 0 or 1 per step.
    Returns an integer per step.
    """
    outputs = []
    seen = []
    for x in xs:
        seen.append(x)
        outputs.append(int(all(seen[i] == seen[-1 - i] for i in range(len(seen) // 2))))
    return outputs
