# Distilled from Prev2 (linear, 3 hidden units): linear, order 2 [linear]
def f(xs):
    outputs = []
    previous = 0
    previous2 = 0
    for x in xs:
        outputs.append(previous2)
        previous2 = previous
        previous = x
    return outputs
