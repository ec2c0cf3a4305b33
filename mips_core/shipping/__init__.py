"""How files in ``assets/`` are made that no command of the user makes: examples to start from, runs known to fail.

Each module is run by itself: ``python -m mips_core.shipping.examples [FOLDER]``.
"""
