# Distilled from Div_5 (mlp, 16 hidden units): 5 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        total = 2 * state + x
        state = total % 5
        outputs.append(total // 5)
    return outputs
