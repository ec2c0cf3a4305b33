# Distilled from Alternating_Last4 (mlp, 16 hidden units): 6 states [boolean]
def f(xs):
    outputs = []
    previous = 0
    previous2 = 0
    previous3 = 0
    for x in xs:
        outputs.append((x ^ previous) & ((x ^ previous3) & (previous ^ previous2)))
        previous3 = previous2
        previous2 = previous
        previous = x
    return outputs
