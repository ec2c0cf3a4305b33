# Distilled from Newton_Freebody (linear, 2 hidden units): linear, order 2 [linear]
def f(xs):
    outputs = []
    position = 0
    velocity = 0
    for x in xs:
        velocity = velocity + x
        position = position + velocity
        outputs.append(position)
    return outputs
