# Distilled from Bitwise_Not (linear, 1 hidden units): linear, order 0 [linear]
def f(xs):
    outputs = []
    for x in xs:
        outputs.append(1 - x)
    return outputs
