"""The texts of the curve editor and the code panel of the page "Curves"."""

MONO = {False: "free", "increasing": "only up", "decreasing": "only down", True: "up or down, the better"}
DIRECTIONS = {"up": "rises everywhere", "down": "falls everywhere", "level": "is level", "both": "rises and falls"}

LEFT_OUT = "**{feature}** has no curve to edit: the model leaves it out. {reason}"
PUT_IN = "Put it into the model"
NO_MEASURE = "The measure is not defined on these held-out rows."
NO_EDITS = "Nothing is edited: this is the distilled model."
LINKED = "A copied link holds these edits."
SESSION_ONLY = "These edits are too long for a link. Only this session keeps them; download the code to keep it."
REFUSED = "This edit was not taken over; the curve stays as it was."

CODE = (
    "The whole model as a module without imports but `math`. Change a number and press *Apply*: the text is read as "
    "data, never executed, and chart and measures follow."
)
CODE_HINT = "Ctrl+Enter applies. Tab indents; Esc and then Tab leaves the field."
CODE_UNREAD = "This text is not the model's: the curves stay as they were."
CODE_SAME = "The text is the distilled model's."
CODE_PENDING = "The text differs from the model. Press *Apply* to take it over."
