# Distilled from full_counter.safetensors (mlp, 1 hidden unit): linear... [linear]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10 and of length
    50; exhaustive to length 4 (all 11,110 input sequences agree).

    xs: an integer from 0 to 9 per step.
    Returns an integer of 0 or more per step.
    """
    outputs = []
    total = 0
    for x in xs:
        total = x + total
        outputs.append(total)
    return outputs
