# Distilled from Sum_Last2 (linear, 2 hidden units): linear, order 1 [linear]
def f(xs):
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(x + previous)
        previous = x
    return outputs
