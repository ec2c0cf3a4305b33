# Distilled from Newton_Gravity (linear, 2 hidden units): linear, order 2 [linear]
def f(xs):
    outputs = []
    position = 0
    velocity = 0
    for x in xs:
        velocity = velocity + x - 1
        position = position + velocity
        outputs.append(position)
    return outputs
