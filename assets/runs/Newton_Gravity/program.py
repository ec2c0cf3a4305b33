# Distilled from Newton_Gravity (linear, 2 hidden units): linear, order 2 [linear]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 3 (all 9,723 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from -10 to 10 per step.
    Returns an integer per step.
    """
    outputs = []
    position = 0
    velocity = 0
    for x in xs:
        velocity = velocity + x - 1
        position = position + velocity
        outputs.append(position)
    return outputs
