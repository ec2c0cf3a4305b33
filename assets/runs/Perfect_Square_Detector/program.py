# Distilled from Perfect_Square_Detector (linear, 1 hidden units): linear,... [mixed]
def f(xs):
    outputs = []
    for x in xs:
        outputs.append(int((x == 0) | (x == 1) | (x == 4) | (x == 9) | (x == 16)))
    return outputs
