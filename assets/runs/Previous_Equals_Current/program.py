# Distilled from Previous_Equals_Current (mlp, 16 hidden units): 8 states [symbolic]
def f(xs):
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(int(previous == x))
        previous = x
    return outputs
