# Distilled from Majority_0_1 (mlp, 1 hidden units): integer coordinates,... [mixed]
def f(xs):
    outputs = []
    total = 0
    for x in xs:
        total = total - 2 * x + 1
        outputs.append(int(total < 0))
    return outputs
