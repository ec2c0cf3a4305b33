"""Curve distillation: an additive model as piecewise-linear curves that a person can read and edit."""
