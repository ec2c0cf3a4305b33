# Distilled from Bit_Dot_Prod_Mod2 (mlp, 16 hidden units): 2 states [boolean]
def f(xs):
    outputs = []
    state = 0
    for x1, x2 in xs:
        state = state ^ x1 & x2
        outputs.append(state)
    return outputs
