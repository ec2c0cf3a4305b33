# Distilled from Max_Seen (mlp, 1 hidden units): 100 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state = max(state, x)
        outputs.append(state)
    return outputs
