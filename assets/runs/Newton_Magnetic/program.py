# Distilled from Newton_Magnetic (linear, 4 hidden units): linear, order 4 [linear]
def f(xs):
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
