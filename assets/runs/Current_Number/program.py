# Distilled from Current_Number (linear, 1 hidden units): linear, order 0 [linear]
def f(xs):
    outputs = []
    for x in xs:
        outputs.append(x)
    return outputs
