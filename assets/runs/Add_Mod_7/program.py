# Distilled from Add_Mod_7 (mlp, 16 hidden units): 7 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state = (state + x) % 7
        outputs.append(state)
    return outputs
