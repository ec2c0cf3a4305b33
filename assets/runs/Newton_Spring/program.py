# Distilled from Newton_Spring (linear, 2 hidden units): linear, order 2 [linear]
def f(xs):
    outputs = []
    y1 = 0
    y2 = 0
    for x in xs:
        y1, y2 = y1 - y2 + x, y1
        outputs.append(y1)
    return outputs
