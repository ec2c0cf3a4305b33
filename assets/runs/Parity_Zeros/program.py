# Distilled from Parity_Zeros (mlp, 16 hidden units): 2 states [boolean]
def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state = int(state == x)
        outputs.append(state)
    return outputs
