"""MIPS Explorer: the algorithm inside a trained recurrent network, as short Python."""
