# Distilled from Bit_Shift_Right (linear, 2 hidden units): linear, order 1 [linear]
def f(xs):
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(previous)
        previous = x
    return outputs
