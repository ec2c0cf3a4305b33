"""Worked examples: the benchmark's own outputs for each row; past step 10, as the slow references give them."""

import pytest

from mips_core.tasks import get, names
from mips_core.tasks.task import steps

WORKED = {
    "Binary_Addition": "1 0 1 1 1 0 1 0 1 0",
    "Base_3_Addition": "0 0 1 1 2 1 1 0 0 1",
    "Base_4_Addition": "3 2 3 1 3 2 3 2 3 2",
    "Base_5_Addition": "2 1 2 2 1 2 1 4 3 1",
    "Base_6_Addition": "3 2 0 1 5 4 4 0 3 1",
    "Base_7_Addition": "3 1 2 1 6 3 5 5 6 3",
    "Bitwise_Xor": "0 1 0 1 0 1 0 1 1 0",
    "Bitwise_Or": "1 0 0 1 0 1 1 0 1 0",
    "Bitwise_And": "1 0 1 0 1 0 0 1 0 0",
    "Bitwise_Not": "0 1 0 1 0 1 1 0 1 0",
    "Parity_Last2": "0 1 0 1 0 0 1 0 1 0",
    "Parity_Last3": "0 1 0 1 0 1 0 0 1 0",
    "Parity_Last4": "0 1 0 1 1 0 1 0 1 0",
    "Parity_All": "1 1 1 1 0 1 1 1 1 1",
    "Parity_Zeros": "1 0 1 0 1 0 1 0 1 0",
    "Evens_Counter": "0 1 2 3 3 3 4 5 6 7",
    "Sum_All": "96 127 142 233 296 355 432 471 482 581",
    "Sum_Last2": "96 127 46 106 154 122 136 116 50 110",
    "Sum_Last3": "96 127 142 137 169 213 199 175 127 149",
    "Sum_Last4": "96 127 142 233 200 228 290 238 186 226",
    "Sum_Last5": "96 127 142 233 296 259 305 329 249 285 230 251 267 338 251 264 208 230 148 159",
    "Sum_Last6": "96 127 142 233 296 355 336 344 340 348 289 328 306 349 350 268 306 285 230 171",
    "Sum_Last7": "96 127 142 233 296 355 432 375 355 439 352 387 383 388 361 367 310 383 285 253",
    "Current_Number": "96 31 15 91 63 59 77 39 11 99",
    "Prev1": "0 96 31 15 91 63 59 77 39 11",
    "Prev2": "0 0 96 31 15 91 63 59 77 39",
    "Prev3": "0 0 0 96 31 15 91 63 59 77",
    "Prev4": "0 0 0 0 96 31 15 91 63 59",
    "Prev5": "0 0 0 0 0 96 31 15 91 63 59 77 39 11 99 4 98 55 82 12",
    "Previous_Equals_Current": "1 0 1 0 1 0 0 1 1 0",
    "Diff_Last2": "96 -165 84 -24 72 -4 -82 -38 72 88",
    "Abs_Diff": "96 165 84 24 72 4 82 38 72 88",
    "Abs_Current": "45 54 74 100 5 41 90 28 88 42",
    "Diff_Abs_Values": "96 -27 -54 -6 54 -4 -36 38 -50 88",
    "Min_Seen": "5 5 5 0 0 0 0 0 0 0",
    "Max_Seen": "55 55 55 55 95 95 95 95 95 98",
    "Majority_0_1": "1 0 1 0 1 0 1 0 1 1",
    "Majority_0_2": "0 0 0 0 0 0 0 1 0 0",
    "Majority_0_3": "3 2 2 2 2 3 2 2 0 2",
    "Evens_Detector": "0 1 0 1 0 1 1 0 1 0",
    "Perfect_Square_Detector": "1 0 1 0 1 0 0 1 0 1",
    "Bit_Palindrome": "1 1 0 0 1 0 0 1 0 0",
    "Balanced_Parenthesis": "0 1 0 1 0 0 0 1 0 0",
    "Parity_Bits_Mod2": "0 1 0 1 0 1 0 1 0 1",
    "Alternating_Last3": "0 1 0 0 0 1 0 0 1 0",
    "Alternating_Last4": "0 0 1 1 0 0 0 1 0 0",
    "Bit_Shift_Right": "0 1 0 1 0 1 0 1 0 1",
    "Bit_Dot_Prod_Mod2": "0 1 0 1 0 0 0 1 1 1",
    "Div_3": "0 0 1 0 1 0 1 0 1 0",
    "Div_5": "0 0 1 0 1 0 1 0 1 0",
    "Div_7": "0 0 0 1 0 0 1 0 1 0",
    "Add_Mod_3": "2 0 1 2 1 2 0 2 1 0",
    "Add_Mod_4": "3 1 3 3 2 1 3 3 3 1",
    "Add_Mod_5": "1 2 2 3 1 0 2 1 2 1",
    "Add_Mod_6": "3 3 3 1 0 1 5 3 3 3",
    "Add_Mod_7": "6 3 0 3 3 4 6 5 2 3",
    "Add_Mod_8": "4 3 6 1 4 3 0 7 6 5",
    "Dithering": "0 1 0 1 0 1 0 1 0 1",
    "Newton_Freebody": "10 14 12 10 12 5 4 13 23 31",
    "Newton_Gravity": "9 11 6 0 -3 -16 -24 -23 -22 -24",
    "Newton_Spring": "10 4 -12 -16 0 7 13 16 4 -14",
    "Newton_Magnetic": "10;-6 20;-2 30;3 41;28 28;62 -23;91 -101;72 -165;-22 -138;-171 31;-303",
}


@pytest.mark.parametrize("name", names())
def test_worked_example(name):
    task = get(name)
    assert len(task.example) == task.length
    assert task.example_output.tolist() == steps(WORKED[name]).tolist()
