# Distilled from Abs_Current (mlp, 1 hidden units): integer coordinates, o... [mixed]
def f(xs):
    outputs = []
    for x in xs:
        outputs.append(abs(x))
    return outputs
