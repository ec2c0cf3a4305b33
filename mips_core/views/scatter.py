"""Points or lines in the plane or in space, whichever their places need."""

from __future__ import annotations

import plotly.graph_objects as go

from mips_core.networks.protocol import FloatArray


def scatter(places: FloatArray, **options: object) -> go.Scatter | go.Scatter3d:
    """Return a trace through places (n, 2) or (n, 3)."""
    if places.shape[1] == 3:
        return go.Scatter3d(x=places[:, 0], y=places[:, 1], z=places[:, 2], **options)
    return go.Scatter(x=places[:, 0], y=places[:, 1], **options)
