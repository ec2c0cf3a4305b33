# Distilled from Balanced_Parenthesis (mlp, 16 hidden units): 12 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state = ((state == 11) == x) + (state - x) % 12
        outputs.append(int(state == 0))
    return outputs
