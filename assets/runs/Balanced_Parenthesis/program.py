# Distilled from Balanced_Parenthesis (mlp, 16 hidden units): 14 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state = ((state == 13) == x) + (state - x) % 14
        outputs.append(int(state == 0))
    return outputs
