# Distilled from Sum_Last5 (linear, 5 hidden units): linear, order 4 [linear]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 20 and of length
    100 and on 512 sequences over few symbols of length 20 and of length 100;
    exhaustive to length 2 (all 10,100 input sequences agree).
    Agrees with the data on 4,096 held-out sequences of length 20 and of length
    100.

    xs: an integer from 0 to 99 per step.
    Returns an integer from 0 to 495 per step.
    """
    outputs = []
    previous = 0
    previous2 = 0
    previous3 = 0
    previous4 = 0
    for x in xs:
        outputs.append(x + previous + previous2 + previous3 + previous4)
        previous, previous2, previous3, previous4 = x, previous, previous2, previous3
    return outputs
