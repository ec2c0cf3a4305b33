# Distilled from Majority_0_3 (mlp, 3 hidden units): registers, order 4 [symbolic]
def f(xs):
    """Agrees with the network on 4,096 held-out sequences of length 10; differs from
    the network on 13 of 4,096 held-out sequences of length 50; exhaustive to
    length 6 (all 5,460 input sequences agree); the shortest difference found has
    length 27.
    Agrees with the data on 4,096 held-out sequences of length 10 and of length
    50.

    xs: an integer from 0 to 3 per step.
    Returns an integer from 0 to 3 per step.
    """
    outputs = []
    count_0 = 0
    count_1 = 0
    count_2 = 0
    count_3 = 0
    for x in xs:
        count_0 = count_0 + (x == 0)
        count_1 = count_1 + (x == 1)
        count_2 = count_2 + (x == 2)
        count_3 = count_3 + (x == 3)
        choice = 2 if count_2 >= count_3 else 3
        largest = max(count_2, count_3)
        choice2 = 1 if count_1 >= largest else choice
        new_y = 0 if count_0 >= max(largest, count_1) else choice2
        outputs.append(new_y)
    return outputs
