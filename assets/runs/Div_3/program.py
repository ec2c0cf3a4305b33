# Distilled from Div_3 (mlp, 16 hidden units): 3 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state = (x - state) % 3
        outputs.append((state + x) % 2)
    return outputs
