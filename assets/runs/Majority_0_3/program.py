# Distilled from Majority_0_3 (mlp, 3 hidden units): registers, order 4 [symbolic]
def f(xs):
    outputs = []
    count_0 = 0
    count_1 = 0
    count_2 = 0
    count_3 = 0
    for x in xs:
        new_count_0 = count_0 + (x == 0)
        new_count_1 = count_1 + (x == 1)
        new_count_2 = count_2 + (x == 2)
        new_count_3 = count_3 + (x == 3)
        term = max(max(new_count_2, new_count_3), new_count_1)
        term2 = int(new_count_1 >= max(new_count_2, new_count_3))
        term3 = 2 if new_count_2 >= new_count_3 else 3
        new_y = 0 if new_count_0 >= term else 1 if term2 else term3
        count_0 = new_count_0
        count_1 = new_count_1
        count_2 = new_count_2
        count_3 = new_count_3
        outputs.append(new_y)
    return outputs
