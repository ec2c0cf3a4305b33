# Distilled from Parity_Last2 (mlp, 16 hidden units): 2 states [boolean]
def f(xs):
    outputs = []
    previous = 0
    for x in xs:
        outputs.append(x ^ previous)
        previous = x
    return outputs
