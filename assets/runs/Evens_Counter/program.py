# Distilled from Evens_Counter (linear, 1 hidden units): linear, order 1 [mixed]
def f(xs):
    outputs = []
    total = 0
    for x in xs:
        total = total + (x + 1) % 2
        outputs.append(total)
    return outputs
