# Distilled from Parity_Bits_Mod2 (linear, 2 hidden units): linear, order 1 [linear]
def f(xs):
    outputs = []
    memory = 0
    for _ in xs:
        outputs.append(memory)
        memory = 1 - memory
    return outputs
