# Distilled from Parity_Last3 (mlp, 16 hidden units): 4 states [boolean]
def f(xs):
    outputs = []
    previous = 0
    previous2 = 0
    for x in xs:
        outputs.append(x ^ (previous ^ previous2))
        previous2 = previous
        previous = x
    return outputs
