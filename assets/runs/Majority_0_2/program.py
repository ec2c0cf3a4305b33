# Distilled from Majority_0_2 (mlp, 2 hidden units): integer coordinates,... [mixed]
def f(xs):
    outputs = []
    total = 0
    total2 = 0
    for x in xs:
        total = total - x + 1
        total2 = total2 + (-1 if x == 2 else x)
        outputs.append((max(total, total2) < 0) + (total < max(total2, 0)))
    return outputs
