# Distilled from Bitwise_Xor (mlp, 16 hidden units): 1 state [boolean]
def f(xs):
    outputs = []
    for x1, x2 in xs:
        outputs.append(x1 ^ x2)
    return outputs
