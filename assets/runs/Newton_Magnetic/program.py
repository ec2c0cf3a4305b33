# Distilled from Newton_Magnetic (linear, 4 hidden units): linear, order 4 [linear]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50 and on 512 sequences over few symbols of length 10 and of length 50;
    exhaustive to length 1 (all 441 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: 2 values, each an integer from -10 to 10, per step.
    Returns 2 values, each an integer, per step.
    """
    outputs = []
    velocity = 0
    position = 0
    velocity2 = 0
    position2 = 0
    for x1, x2 in xs:
        velocity, velocity2 = velocity - velocity2 + x1, velocity + velocity2 + x2
        position = position + velocity
        position2 = position2 + velocity2
        outputs.append((position, position2))
    return outputs
