# Distilled from Prev3 (linear, 4 hidden units): linear, order 3 [linear]
def f(xs):
    outputs = []
    previous = 0
    previous2 = 0
    previous3 = 0
    for x in xs:
        outputs.append(previous3)
        previous3 = previous2
        previous2 = previous
        previous = x
    return outputs
