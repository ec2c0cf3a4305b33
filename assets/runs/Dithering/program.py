# Distilled from Dithering (mlp, 16 hidden units): 15 states [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10; differs from
    the network on 58 of 4,096 held-out sequences of length 50; agrees with the
    network on 512 sequences over few symbols of length 10; differs from the
    network on 23 of 512 sequences over few symbols of length 50; exhaustive to
    length 3 (all 4,368 input sequences agree); the shortest difference found has
    length 10.
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 15 per step.
    Returns 0 or 1 per step.
    """
    outputs = []
    remainder = 0
    for x in xs:
        total = remainder + x
        remainder = total % 15
        outputs.append(total // 15)
    return outputs
