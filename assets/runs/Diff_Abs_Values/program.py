# Distilled from Diff_Abs_Values (mlp, 2 hidden units): integer coordinate... [mixed]
def f(xs):
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(abs(x) - abs(previous))
        previous = x
    return outputs
