# Distilled from Add_Mod_5 (mlp, 16 hidden units): 5 states [symbolic]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state = (state + x) % 5
        outputs.append(state)
    return outputs
