# Distilled from Div_7 (mlp, 16 hidden units): 7 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        total = 2 * state + x
        state = total % 7
        outputs.append(total // 7)
    return outputs
