# Distilled from Sum_All (linear, 1 hidden units): linear, order 1 [linear]
def f(xs):
    outputs = []
    total = 0
    for x in xs:
        total = total + x
        outputs.append(total)
    return outputs
