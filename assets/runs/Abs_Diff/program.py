# Distilled from Abs_Diff (mlp, 2 hidden units): integer coordinates, order 1 [mixed]
def f(xs):
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(abs(x - previous))
        previous = x
    return outputs
