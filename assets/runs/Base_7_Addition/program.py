# Distilled from Base_7_Addition (mlp, 16 hidden units): 2 states [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 2 (all 2,450 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 2 values, each an integer from 0 to 6, per step.
    Returns an integer from 0 to 6 per step.
    """
    outputs = []
    carry = 0
    for x1, x2 in xs:
        total = carry + x1 + x2
        carry = total // 7
        outputs.append(total % 7)
    return outputs
