# Distilled from Dithering (mlp, 16 hidden units): 15 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        total = state + x
        state = total % 15
        outputs.append(int(total > state))
    return outputs
