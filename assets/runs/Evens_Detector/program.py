# Distilled from Evens_Detector (linear, 1 hidden units): linear, order 0 [mixed]
def f(xs):
    outputs = []
    for x in xs:
        outputs.append((x + 1) % 2)
    return outputs
